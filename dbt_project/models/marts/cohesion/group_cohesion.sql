with group_roll_calls as (
    select distinct
        group_code,
        roll_call_id,
        yes_votes,
        no_votes,
        abstain_votes
    from {{ ref('group_positions') }}
)

select
    group_roll_calls.group_code,
    topics.year,
    topics.scheme,
    topics.topic,
    count(*)::integer as roll_calls,
    sum({{ group_votes_cast() }})::integer as votes,
    -- In a fixed order, since sums of fractions depend on it in their last digits.
    avg({{ agreement_index() }} order by group_roll_calls.roll_call_id) as agreement_index,
    avg({{ rice_index() }} order by group_roll_calls.roll_call_id) as rice,
    avg({{ is_unanimous() }}::integer) as unanimity_share
from group_roll_calls
inner join {{ ref('int_resolution_topics') }} as topics using (roll_call_id)
group by all
order by group_roll_calls.group_code, topics.year, topics.scheme, topics.topic

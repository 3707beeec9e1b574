with roll_calls as (
    select
        ids.roll_call_id,
        list(distinct source order by source) as source_list,
        count(distinct found.vote_date) > 1 as dates_differ,
        count(distinct found.vote_date) filter (found.date_precision = 'day') > 1 as exact_dates_differ,
        min(found.vote_date) as first_date,
        max(found.vote_date) as last_date
    from {{ ref('int_source_roll_calls') }} as found
    inner join {{ ref('int_roll_call_ids') }} as ids using (source, source_key)
    group by ids.roll_call_id
    having count(distinct source) > 1
),

-- A state's vote is compared once, regardless of the number of sources.
states_compared as (
    select
        roll_call_id,
        state,
        bool_or(vote_a <> vote_b) as differs
    from {{ ref('int_source_vote_comparison') }}
    group by roll_call_id, state
),

votes as (
    select
        roll_call_id,
        count(*) as votes_compared,
        count(*) filter (differs) as votes_different
    from states_compared
    group by roll_call_id
)

select
    roll_calls.roll_call_id,
    united.symbol,
    array_to_string(roll_calls.source_list, ', ') as sources,
    united.matched_by,
    coalesce(votes.votes_compared, 0)::integer as votes_compared,
    coalesce(votes.votes_different, 0)::integer as votes_different,
    roll_calls.dates_differ,
    roll_calls.exact_dates_differ,
    roll_calls.first_date,
    roll_calls.last_date
from roll_calls
inner join {{ ref('int_roll_calls') }} as united using (roll_call_id)
left join votes using (roll_call_id)
order by roll_calls.roll_call_id

with asked_focus as (
    select unnest([{{ quoted(var('study_focus')) }}]) as focus
),

asked_powers as (
    select
        unnest([{{ quoted(var('study_powers')) }}]) as power,
        unnest(range({{ var('study_powers') | length }})) as power_rank
),

votes as (
    select
        votes.roll_call_id,
        roll_calls.year,
        votes.state,
        votes.vote
    from {{ ref('fct_votes') }} as votes
    inner join {{ ref('dim_roll_calls') }} as roll_calls using (roll_call_id)
    where roll_calls.kind = 'resolution'
),

opposed as (
    {{ opposed_votes() }}
),

-- A power can't be the focus state between itself and another.
in_both_orders as (
    select * from opposed
    where focus <> power_a and focus <> power_b
    union all
    select * replace (power_b as power_a, vote_b as vote_a, power_a as power_b, vote_a as vote_b) from opposed
    where focus <> power_a and focus <> power_b
)

select
    opposed.focus,
    opposed.power_a,
    opposed.power_b,
    opposed.year,
    topics.scheme,
    topics.topic,
    opposed.sense,
    {{ opposition_counts() }}
from in_both_orders as opposed
inner join {{ ref('bridge_roll_call_topics') }} as topics using (roll_call_id)
where topics.scheme in ('voeten', 'study')
group by all
order by
    opposed.focus,
    opposed.power_a,
    opposed.power_b,
    opposed.year,
    topics.scheme,
    topics.topic,
    opposed.sense

with roll_calls as (
    select
        match_symbol as roll_call_id,
        list(source order by source) as source_list,
        count(distinct vote_date) > 1 as dates_differ,
        count(distinct vote_date) filter (date_precision = 'day') > 1 as exact_dates_differ,
        min(vote_date) as first_date,
        max(vote_date) as last_date
    from {{ ref('int_source_roll_calls') }}
    where match_symbol is not null
    group by match_symbol
    having count(*) > 1
),

-- A state's vote is compared once, however many sources give it.
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
    roll_calls.roll_call_id as symbol,
    array_to_string(roll_calls.source_list, ', ') as sources,
    coalesce(votes.votes_compared, 0)::integer as votes_compared,
    coalesce(votes.votes_different, 0)::integer as votes_different,
    roll_calls.dates_differ,
    roll_calls.exact_dates_differ,
    roll_calls.first_date,
    roll_calls.last_date
from roll_calls
left join votes using (roll_call_id)
order by roll_calls.roll_call_id

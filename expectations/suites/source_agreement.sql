-- One row per session and set of sources that share its roll calls: the mart's counts compared with the
-- differences.
with roll_calls as (
    select
        agreement.*,
        roll_calls.session
    from marts.source_agreement as agreement
    inner join marts.dim_roll_calls as roll_calls using (roll_call_id)
),

differing as (
    select
        roll_call_id,
        count(distinct state) as states
    from marts.source_differences
    group by roll_call_id
)

select
    roll_calls.sources,
    roll_calls.session,
    count(*) as roll_calls,
    sum(votes_compared)::integer as votes_compared,
    sum(votes_different)::integer as votes_different,
    coalesce(sum(differing.states), 0)::integer as differences_listed,
    string_agg(roll_call_id, ', ' order by roll_call_id) filter (votes_compared = 0) as never_compared
from roll_calls
left join differing using (roll_call_id)
group by all
order by roll_calls.sources, roll_calls.session

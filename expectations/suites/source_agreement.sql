-- One row per session and set of sources that share its roll calls. A few differences are the sources' own: shares
-- stand from 20 votes or 5 dates on.
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
        string_agg(distinct state, ' ' order by state) as states
    from marts.source_differences
    group by roll_call_id
)

select
    roll_calls.sources,
    roll_calls.session,
    count(*) as roll_calls,
    sum(votes_compared)::integer as votes_compared,
    sum(votes_different)::integer as votes_different,
    if(sum(votes_different) < 20, 0, 100 * sum(votes_different) / greatest(sum(votes_compared), 1)) as percent_different,
    count(*) filter (exact_dates_differ and last_date - first_date > 7) as dates_different,
    if(dates_different < 5, 0, 100 * dates_different / count(*)) as percent_of_dates_different,
    coalesce(string_agg(roll_call_id || ' ' || states, ', ' order by roll_call_id)[:200], 'none') as states_differing
from roll_calls
left join differing using (roll_call_id)
group by all
order by roll_calls.sources, roll_calls.session

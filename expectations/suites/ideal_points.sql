-- One row per series that is estimated. What the estimates stand on is counted from the votes again where they are
-- of this file's votes.
with entering as (
    select
        series.series,
        series.session,
        votes.state,
        count(*) as votes
    from intermediate.int_ideal_point_roll_calls as series
    inner join marts.fct_votes as votes using (roll_call_id)
    where votes.vote in ('yes', 'abstain', 'no')
    group by all
),

expected as (
    select
        series,
        count(*) as units,
        sum(votes)::bigint as votes
    from entering
    group by series
),

found as (
    select
        series,
        count(*) as units,
        sum(votes)::bigint as votes,
        avg(estimate) as mean,
        sqrt(avg(estimate ** 2 + sd ** 2)) as spread,
        count(*) filter (
            not (q05 <= q10 and q10 <= q50 and q50 <= q90 and q90 <= q95 and abs(estimate) <= 6 and sd > 0)
        ) as impossible,
        avg((rhat <= 1.1)::integer) as acceptable,
        avg(estimate) filter (state = 'USA' and session <= 44) - avg(estimate) filter (state = 'RUS' and session <= 44)
            as right_of_the_soviet_union
    from marts.ideal_points
    group by series
),

distances as (
    select
        points.series,
        max(abs(points.estimate - list_avg(kept.draws) / 1000)) as off_the_draws
    from marts.ideal_points as points
    inner join raw.ideal_point_draws as kept using (series, session, state)
    group by points.series
)

select
    runs.series,
    coalesce(found.units, 0) as units_found,
    case when runs.is_current then expected.units else coalesce(found.units, 0) end as units_of_the_votes,
    coalesce(found.votes, 0) as votes_found,
    case when runs.is_current then expected.votes else runs.votes end as votes_of_the_roll_calls,
    found.mean,
    found.spread,
    found.impossible,
    found.right_of_the_soviet_union,
    distances.off_the_draws,
    found.acceptable
from marts.ideal_points_run as runs
left join found using (series)
left join expected using (series)
left join distances using (series)
order by runs.series

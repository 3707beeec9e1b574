with asked as (
    select
        {{ ref('known_state') }}(of_state) as state,
        {{ ref('known_states') }}(partners) as partners,
        {{ ref('known_last_year') }}(from_year, to_year) as last_year,
        {{ ref('known_series') }}(in_series) as series
),

points as (
    select
        points.*,
        kept.draws
    from {{ ref('ideal_points') }} as points
    left join {{ source('raw', 'ideal_point_draws') }} as kept using (series, session, state)
    where
        points.series = (select asked.series from asked)
        and points.year between from_year and (select asked.last_year from asked)
),

pairs as (
    select
        focus.series,
        focus.session,
        focus.year,
        focus.state,
        partners.state as partner,
        focus.estimate,
        partners.estimate as partner_estimate,
        focus.draws,
        partners.draws as partner_draws,
        focus.data_through,
        focus.is_current
    from points as focus
    inner join points as partners using (series, session)
    cross join asked
    where
        focus.state = asked.state
        and partners.state <> asked.state
        and (asked.partners is null or list_contains(asked.partners, partners.state))
),

-- A draw of both at once, so that what their errors share falls out.
drawn as (
    select
        series,
        session,
        partner,
        (unnest(draws) - unnest(partner_draws)) / 1000 as difference
    from pairs
    where draws is not null
),

spread as (
    select
        series,
        session,
        partner,
        stddev_samp(difference) as distance_sd,
        quantile_cont(abs(difference), 0.05) as q05,
        quantile_cont(abs(difference), 0.95) as q95
    from drawn
    group by series, session, partner
)

select
    pairs.series,
    pairs.state,
    pairs.partner,
    pairs.session,
    pairs.year,
    pairs.estimate,
    pairs.partner_estimate,
    abs(pairs.estimate - pairs.partner_estimate) as distance,
    spread.distance_sd,
    spread.q05,
    spread.q95,
    pairs.data_through,
    pairs.is_current
from pairs
left join spread using (series, session, partner)
order by pairs.session, distance, pairs.partner

with {{ asked_states('focus_states', 'in_powers', years='first_year, last_year') }},

pairs as (
    select * from {{ ref('vote_pairs') }}
    where
        scheme = {{ ref('known_study_scheme') }}(in_scheme)
        and year between coalesce(first_year, 0) and {{ ref('known_last_year') }}(first_year, last_year)
),

seen_from_focus as (
    {{ pairs_in_both_orders('pairs', ['year', 'scheme', 'topic'], of='select focus from asked_focus') }}
),

-- Each row counts for its year and, as year null, for the whole period.
of_year_and_period as (
    select
        seen_from_focus.* exclude (year),
        year as vote_year,
        unnest([year, null]) as year
    from seen_from_focus
),

summed as (
    select
        state as focus,
        partner as power,
        power_rank,
        year,
        scheme,
        topic,
        {{ summed_pair_columns() }},
        {{ years_of_shared_votes('vote_year') }}
    from of_year_and_period
    inner join asked_powers on of_year_and_period.partner = asked_powers.power
    group by state, partner, power_rank, year, scheme, topic
)

select
    focus,
    power,
    power_rank,
    {{ period_label('year', 'first_year', 'last_year') }} as period,
    year,
    scheme,
    topic,
    {{ cohesion_columns() }},
    {{ seat_notes(['summed.focus', 'summed.power'], 'summed.first_year', 'summed.last_year') }} as note
from {{ with_distances('summed') }} as summed
order by focus, power_rank, topic, year nulls first

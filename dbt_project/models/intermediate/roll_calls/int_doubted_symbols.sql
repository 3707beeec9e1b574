-- Impossible resolution symbols: the number is that of a decision, or belongs to the session before or
-- after. Up to session 30 resolutions were numbered consecutively.
with numbered as (
    select
        source,
        source_key,
        session,
        kind,
        symbol_as_given,
        try_cast(session as integer) as nth,
        try_cast(regexp_extract(symbol_as_given, '^A/RES/(\d+)[A-Z]*\(', 1) as integer) as number
    from {{ ref('int_source_roll_calls') }}
    where symbol_as_given like 'A/RES/%'
),

middles as (
    select
        nth,
        quantile_disc(number, 0.5) as middle
    from numbered
    where number is not null
    group by nth
),

-- Wrong symbols move neither end: a few are in the excluded tenths, many outside the neighbouring sessions.
ranges as (
    select
        numbered.nth,
        quantile_disc(numbered.number, 0.1) as low,
        quantile_disc(numbered.number, 0.9) as high
    from numbered
    left join middles as earlier on numbered.nth - 1 = earlier.nth
    left join middles as later on numbered.nth + 1 = later.nth
    where numbered.number between coalesce(earlier.middle, 0) and coalesce(later.middle, 9999)
    group by numbered.nth
)

select
    numbered.source,
    numbered.source_key,
    if(
        numbered.kind = 'decision',
        format('{}: from 400 on numbers are those of decisions', numbered.symbol_as_given),
        format(
            '{}: among the numbers of session {}', numbered.symbol_as_given, coalesce(later.nth, earlier.nth)
        )
    ) as says
from numbered
left join ranges as earlier on numbered.nth - 1 = earlier.nth and numbered.number <= earlier.high
left join ranges as later on numbered.nth + 1 = later.nth and numbered.number >= later.low
where numbered.kind = 'decision' or earlier.nth is not null or later.nth is not null

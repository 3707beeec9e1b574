with yearly as (
    select * from {{ ref('study_opposition') }}
    where year is not null
),

pairs as (
    select distinct
        focus,
        power_a,
        power_b
    from yearly
),

counted as (
    select opposition.*
    from {{ ref('opposition') }} as opposition
    inner join pairs
        on
            opposition.focus = pairs.focus
            and opposition.power_a = pairs.power_a
            and opposition.power_b = pairs.power_b
    where
        opposition.scheme = 'study'
        and opposition.year between {{ var('study_from') }} and {{ var('study_to') }}
)

select
    coalesce(yearly.focus, counted.focus) as focus,
    coalesce(yearly.year, counted.year) as year
from yearly
full outer join counted
    on
        yearly.focus = counted.focus
        and yearly.power_a = counted.power_a
        and yearly.power_b = counted.power_b
        and yearly.year = counted.year
        and yearly.topic = counted.topic
        and yearly.sense = counted.sense
where
    yearly.n is distinct from counted.n
    or yearly.with_a is distinct from counted.with_a
    or yearly.with_b is distinct from counted.with_b
    or yearly.neither is distinct from counted.neither
    or yearly.absent is distinct from counted.absent

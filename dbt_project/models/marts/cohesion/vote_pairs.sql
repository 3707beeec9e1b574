{{ config(materialized='view') }}

select
    pairs.state_a,
    pairs.state_b,
    sets.year,
    sets.scheme,
    sets.topic,
    pairs.yy,
    pairs.ya,
    pairs.yn,
    pairs.ay,
    pairs.aa,
    pairs.an,
    pairs.ny,
    pairs.na,
    pairs.nn,
    pairs.yy + pairs.ya + pairs.yn + pairs.ay + pairs.aa + pairs.an + pairs.ny + pairs.na + pairs.nn as n,
    pairs.unanimous,
    pairs.absent_a,
    pairs.absent_b,
    pairs.absent_both,
    pairs.absent_a + pairs.absent_b + pairs.absent_both as absent_either
from {{ ref('int_pair_counts') }} as pairs
inner join {{ ref('int_roll_call_sets') }} as sets using (set_id)
where sets.year is not null

{#-
The pair counts of each year or session (`period`, a column of the sets), from those of the sets of roll calls.
-#}
{% macro pairs_by(period) -%}
select
    pairs.state_a::varchar as state_a,
    pairs.state_b::varchar as state_b,
    sets.{{ period }},
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
where sets.{{ period }} is not null
{%- endmacro %}

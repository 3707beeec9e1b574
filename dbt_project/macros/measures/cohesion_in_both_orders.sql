{#-
Pair counts seen from either state, with every measure; `state` is the reference state of the voting coincidence.
-#}
{% macro cohesion_in_both_orders(pairs, period) -%}
with both_orders as (
    {{ pairs_in_both_orders(pairs, [period, 'scheme', 'topic']) }}
)

select
    state,
    partner,
    {{ period }},
    scheme,
    topic,
    {{ cohesion_columns() }}
from {{ with_distances('both_orders') }}
{%- endmacro %}

{#-
Pair counts seen from either state, with every measure: `state` is the first of each table's letter, and
the reference state of the voting coincidence.
-#}
{% macro cohesion_in_both_orders(pairs, period) -%}
with both_orders as (
    select
        state_a as state, state_b as partner, {{ period }}, scheme, topic,
        {{ pair_columns() }}
    from {{ pairs }}
    union all
    select
        state_b as state, state_a as partner, {{ period }}, scheme, topic,
        {{ turned_pair_columns() }}
    from {{ pairs }}
)

select
    state,
    partner,
    {{ period }},
    scheme,
    topic,
    {{ cohesion_columns() }}
from both_orders
{%- endmacro %}

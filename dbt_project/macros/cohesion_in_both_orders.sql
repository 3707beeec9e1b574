{#-
Pair counts seen from either state, with every measure: `state` is the first of each table's letter, and
the reference state of the voting coincidence.
-#}
{% macro cohesion_in_both_orders(pairs, period) -%}
with both_orders as (
    select
        state_a as state, state_b as partner, {{ period }}, scheme, topic,
        yy, ya, yn, ay, aa, an, ny, na, nn, n, unanimous, absent_a, absent_b, absent_either
    from {{ pairs }}
    union all
    select
        state_b as state, state_a as partner, {{ period }}, scheme, topic,
        yy, ay as ya, ny as yn, ya as ay, aa, na as an, yn as ny, an as na, nn, n, unanimous,
        absent_b as absent_a, absent_a as absent_b, absent_either
    from {{ pairs }}
)

select
    state,
    partner,
    {{ period }},
    scheme,
    topic,
    n,
    {{ agreeing() }} as agreed,
    {{ half_agreeing() }} as half_agreed,
    {{ opposing() }} as opposed,
    absent_either,
    {%- for name, expression in measures().items() %}
    {{ measured(expression) }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from both_orders
{%- endmacro %}

{#-
Pair counts seen from either state: for each row one with `state` and its `partner`, and one with the two reversed,
with the columns of `keys` and the counts. `state` is the first of each count's letters. `of` limits the states, as
a query of one column: each half then reads their rows only.
-#}
{% macro pairs_in_both_orders(pairs, keys, of=none) -%}
    select
        state_a as state, state_b as partner, {{ keys | join(', ') }},
        {{ pair_columns() }}
    from {{ pairs }}
    {%- if of %}
    where state_a in ({{ of }})
    {%- endif %}
    union all
    select
        state_b as state, state_a as partner, {{ keys | join(', ') }},
        {{ turned_pair_columns() }}
    from {{ pairs }}
    {%- if of %}
    where state_b in ({{ of }})
    {%- endif %}
{%- endmacro %}

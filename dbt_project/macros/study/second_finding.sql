{#-
R2: whether the focus state voted more often with the first power than with each of the others, where the two
opposed each other.

The CTEs up to `second_finding`, from the result of `study_opposition_of`, with `asked_states` and `conventions`.
-#}
{% macro second_finding(opposition) -%}
first_powers as (
    select
        asked_focus.focus,
        arg_min(asked_powers.power, asked_powers.power_rank) as power_a
    from asked_focus
    inner join asked_powers on asked_focus.focus <> asked_powers.power
    group by all
),

sides as (
    select
        opposition.*,
        conventions.convention,
        case when conventions.convention = 'agreement_half' then agreement_with_a else with_a end as with_first,
        case when conventions.convention = 'agreement_half' then agreement_with_b else with_b end as with_other
    from {{ opposition }} as opposition
    inner join first_powers using (focus, power_a)
    inner join conventions using (sense)
),

second_finding as (
    select
        'R2' as finding,
        convention,
        focus,
        period,
        year,
        scheme,
        topic,
        bool_and(with_first > with_other) filter (n >= {{ var('minimum_n') }}) as holds,
        coalesce(min(n) filter (n >= {{ var('minimum_n') }}), min(n)) as n,
        string_agg(
            power_a || ' ' || format('{:g}', with_first) || ', ' || power_b || ' ' || format('{:g}', with_other)
            || ' of ' || n || case when n < {{ var('minimum_n') }} then ' (too few)' else '' end,
            '; ' order by rank_b
        ) as figures
    from sides
    group by focus, period, year, scheme, topic, convention
)
{%- endmacro %}

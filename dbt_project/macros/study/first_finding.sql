{#-
R1: whether the powers are in the expected order, from the closest to the farthest, by a value for each power.

The CTEs up to `first_finding`, from the result of `study_cohesion_of`, with `asked_states` and `conventions`.
-#}
{% macro first_finding(cohesion) -%}
closeness as (
    select
        cohesion.*,
        conventions.convention,
        conventions.less_is_closer,
        case conventions.convention
            when 'agreement_strict' then agreement_strict
            when 'agreement_half' then agreement_half
            when 'opposition_strict' then opposition_share
            when 'opposition_wide' then 1 - agreement_strict
        end as shown,
        case when conventions.less_is_closer then -shown else shown end as closeness
    from {{ cohesion }} as cohesion
    cross join conventions
),

in_order as (
    select
        *,
        lag(closeness) over (alike order by closeness desc nulls last, power_rank) as next_closer,
        lag(closeness) over (alike order by power_rank) as ranked_before
    from closeness
    window alike as (partition by focus, period, scheme, topic, convention)
),

powers_of_focus as (
    select
        asked_focus.focus,
        count(*) as powers
    from asked_focus
    inner join asked_powers on asked_focus.focus <> asked_powers.power
    group by all
),

first_finding as (
    select
        'R1' as finding,
        convention,
        focus,
        period,
        year,
        scheme,
        topic,
        case
            when count(shown) >= 2 and count(shown) = any_value(powers_of_focus.powers)
                then bool_and(closeness < ranked_before)
        end as holds,
        min(n) as n,
        string_agg(
            case
                when shown is null then ''
                when next_closer is null then ''
                when next_closer = closeness then ' = '
                when less_is_closer then ' < '
                else ' > '
            end || coalesce(power || ' ' || format('{:.3f}', shown), ''),
            '' order by closeness desc nulls last, power_rank
        ) || coalesce(
            '; too few votes: '
            || string_agg(power || ' (n ' || n || ')', ', ' order by power_rank) filter (shown is null),
            ''
        ) as figures
    from in_order
    inner join powers_of_focus using (focus)
    group by focus, period, year, scheme, topic, convention
)
{%- endmacro %}

{#-
R3: whether the focus state avoided siding with one power in the key votes on armed conflicts that involve it.

The CTEs up to `third_finding`, from the result of `study_key_votes_of`, with `conventions`.
-#}
{% macro third_finding(key_votes, from_year, to_year, scheme) -%}
involved_votes as (
    select
        focus,
        stance,
        unnest([year, null]) as year
    from {{ key_votes }}
    where power = {{ involved_power() }} and list = {{ involved_list() }} and stance is not null
),

stances as (
    select
        focus,
        {{ period_label('year', from_year, to_year) }} as period,
        year,
        count(*)::integer as n,
        count(*) filter (stance = 'with') as sided,
        count(*) filter (stance = 'against') as opposed,
        count(*) filter (stance = 'aside') as aside,
        count(*) filter (stance = 'absent') as absent
    from involved_votes
    group by focus, year
),

third_finding as (
    select
        'R3' as finding,
        conventions.convention,
        focus,
        period,
        year,
        {{ scheme }} as scheme,
        'all' as topic,
        case
            when n < {{ var('minimum_n') }} then null
            else case conventions.convention
                when 'agreement_strict' then 2 * sided < n - absent
                when 'agreement_half' then sided < opposed
                when 'opposition_strict' then sided < opposed + aside + absent
                when 'opposition_wide' then sided < opposed + aside
            end
        end as holds,
        n,
        'with ' || {{ involved_power() }} || ' ' || sided || ', against ' || opposed || ', aside ' || aside
        || ', absent ' || absent || ' of ' || n as figures
    from stances
    cross join conventions
)
{%- endmacro %}

{#-
The study's question: focus states, powers in order, years and scheme.

`study_question`: the question in the dbt variables, as arguments of the study's functions.
`asked_states`: the CTEs `asked_focus` and `asked_powers` from two lists; a power's rank is its place in the list. If
`years` are given, everything is validated: a list may be a single state, and an unknown state or years that are not a
period are errors.
`period_label`: the name of a row's period, its year or the whole span of years.
-#}
{% macro study_question() -%}
    [{{ quoted(var('study_focus')) }}], [{{ quoted(var('study_powers')) }}], {{ var('study_from') }}, {{ var('study_to') }}
{%- endmacro %}

{% macro asked_states(focus, powers, years=none) -%}
    {%- set known = ref('known_states') if years else '' -%}
asked_focus as materialized (
    select distinct unnest({{ known }}({{ focus }})) as focus
    {%- if years %}
    where {{ ref('known_last_year') }}({{ years }}) is not null
    {%- endif %}
),

asked_powers as materialized (
    select
        code as power,
        min(place)::integer as power_rank
    from (
        select
            unnest({{ known }}({{ powers }})) as code,
            generate_subscripts({{ known }}({{ powers }}), 1) as place
    )
    group by all
)
{%- endmacro %}

{% macro period_label(year, from_year, to_year) -%}
    coalesce({{ year }}::varchar, ({{ from_year }})::varchar || '-' || ({{ to_year }})::varchar)
{%- endmacro %}

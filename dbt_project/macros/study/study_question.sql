{#-
The study's question: focus states, powers in order, years and scheme.

`study_question`: what the dbt variables ask, as arguments of the study's functions.
`asked_states`: the CTEs `asked_focus` and `asked_powers` of two lists; a power's rank is its place in the list.
A list may be one state alone, and years given are checked; an unknown state is an error that names the nearest
ones. A question of the project's variables is `checked` already.
`period_label`: the name of a row's period, its year or the whole span of years asked about.
-#}
{% macro study_question() -%}
    [{{ quoted(var('study_focus')) }}], [{{ quoted(var('study_powers')) }}], {{ var('study_from') }}, {{ var('study_to') }}
{%- endmacro %}

{% macro asked_states(focus, powers, from_year=none, to_year=none) -%}
    {%- set checked = from_year is none -%}
    {%- set focus_list = focus if checked else ref('known_states') ~ '(' ~ focus ~ ')' -%}
    {%- set power_list = powers if checked else ref('known_states') ~ '(' ~ powers ~ ')' -%}
    {%- set are_years = 'true' if checked else ref('known_years') ~ '(' ~ from_year ~ ', ' ~ to_year ~ ')' -%}
asked_focus as materialized (
    select distinct unnest({{ focus_list }}) as focus
    where {{ are_years }}
),

asked_powers as materialized (
    select
        code as power,
        min(place)::integer as power_rank
    from (
        select
            unnest({{ power_list }}) as code,
            generate_subscripts({{ power_list }}, 1) as place
    )
    group by all
)
{%- endmacro %}

{% macro period_label(year, from_year, to_year) -%}
    coalesce({{ year }}::varchar, ({{ from_year }})::varchar || '-' || ({{ to_year }})::varchar)
{%- endmacro %}

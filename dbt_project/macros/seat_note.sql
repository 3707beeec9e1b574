{#-
Which government represented a state and which governed it, where the two differed: one line of text, or null if
they never did from one day to another (SQL expressions, both included).
-#}
{% macro seat_note(state, first_day, last_day) -%}
(
    select
        string_agg(
            seats.state || ' ' || seats.seated_from || ' to ' || coalesce((seats.seated_to - 1)::varchar, 'now')
            || ': ' || seats.government || ' sat, ' || seats.governed_by || ' governed',
            '; ' order by seats.seated_from
        )
    from {{ ref('governments_seated') }} as seats
    where
        seats.state = {{ state }}
        and seats.governed_by is not null
        and {{ overlaps(first_day, last_day, 'seats.seated_from', 'seats.seated_to') }}
)
{%- endmacro %}

{#- The same for several states and the years from one to another. -#}
{% macro seat_notes(states, from_year, to_year) -%}
nullif(concat_ws(
    '; '
    {%- for state in states %},
    {{ seat_note(state, 'make_date(' ~ from_year ~ ', 1, 1)', 'make_date(' ~ to_year ~ ', 12, 31)') }}
    {%- endfor %}
), '')
{%- endmacro %}

{#- The first and the last of the summed years in which both states of a pair voted. -#}
{% macro years_of_shared_votes(year) -%}
    min({{ year }}) filter (n > 0) as first_year,
    max({{ year }}) filter (n > 0) as last_year
{%- endmacro %}

{#-
Comparing days of which the month alone may be known.

`outside_session`: the month of `roll_calls.vote_date` lies before or after all months of the session, or the session
is not known. Not here: the days that a vote may have been on (`int_roll_call_records`).
-#}
{% macro outside_session(roll_calls, sessions) -%}
    (
        {{ sessions }}.opened is null
        or {{ roll_calls }}.vote_date < date_trunc('month', {{ sessions }}.opened)
        or ({{ sessions }}.closed is not null and {{ roll_calls }}.vote_date > last_day({{ sessions }}.closed))
    )
{%- endmacro %}

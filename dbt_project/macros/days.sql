{#-
Comparing dates that may be known only to the month.

`outside_session`: the month of `roll_calls.vote_date` is before or after all months of the session, or the session
is unknown. Not here: the possible days of a vote (`int_roll_call_records`).
-#}
{% macro outside_session(roll_calls, sessions) -%}
    (
        {{ sessions }}.opened is null
        or {{ roll_calls }}.vote_date < date_trunc('month', {{ sessions }}.opened)
        or ({{ sessions }}.closed is not null and {{ roll_calls }}.vote_date > last_day({{ sessions }}.closed))
    )
{%- endmacro %}

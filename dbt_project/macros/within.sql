{#-
Whether a day falls within a span of days, from its first day to before its end; where either is null, the span is
open. For joins on spans: `within` for one day, `overlaps` for a range from a first to a last day that overlaps the
span.
-#}
{% macro within(day, span_from, span_to) -%} {{ overlaps(day, day, span_from, span_to) }} {%- endmacro %}

{% macro overlaps(first_day, last_day, span_from, span_to) -%}
    (
        {{ last_day }} >= coalesce({{ span_from }}, date '-infinity')
        and {{ first_day }} < coalesce({{ span_to }}, date 'infinity')
    )
{%- endmacro %}

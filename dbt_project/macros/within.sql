{#-
Whether a day lies in a span of days, from its first day to before its end; either may be null, and the span is
open there. As joins on spans are written: `within` for a day, `overlaps` for a first and last day of which one
at least lies in the span.
-#}
{% macro within(day, span_from, span_to) -%} {{ overlaps(day, day, span_from, span_to) }} {%- endmacro %}

{% macro overlaps(first_day, last_day, span_from, span_to) -%}
    (
        {{ last_day }} >= coalesce({{ span_from }}, date '-infinity')
        and {{ first_day }} < coalesce({{ span_to }}, date 'infinity')
    )
{%- endmacro %}

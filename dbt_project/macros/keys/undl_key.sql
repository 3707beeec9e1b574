{#-
What names a roll call of the UN Digital Library's file, the same in each model that reads it: the record's
number, or without one a symbol and a date.
-#}
{% macro undl_key() -%}
    coalesce(nullif(undl_id, ''), {{ normalise_symbol('resolution') }} || '@' || vote_date)
{%- endmacro %}

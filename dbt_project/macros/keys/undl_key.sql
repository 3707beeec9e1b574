{#-
The key of a roll call in the UN Digital Library's file, the same in each model that reads it: the record's
number or, without one, symbol and date.
-#}
{% macro undl_key() -%}
    coalesce(nullif(undl_id, ''), {{ normalise_symbol('resolution') }} || '@' || vote_date)
{%- endmacro %}

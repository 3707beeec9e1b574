{#-
Titles of Voeten's file in lines that quotation marks caused to be split in the wrong places.

`columns_in_title`: the six topic codes stuck to the end of a title, separated by tabs; null if there are none.
`without_columns`: the title without them, or from the short title if it was pushed there; in both with the
quotation marks, which appear there as \.
Not here: which columns hold the titles (`stg_voeten__roll_calls`).
-#}
{% macro columns_in_title(title) -%}
    nullif(regexp_extract({{ title }}, '(\t[01]){6}$'), '')
{%- endmacro %}

{% macro without_columns(title, short_title) -%}
    case
        when {{ columns_in_title(title) }} is not null
            then replace(regexp_replace({{ title }}, '\\*"?(\t[01]){6}$', '"'), '\', '"')
        when contains({{ short_title }}, chr(9))
            then regexp_replace(split_part({{ short_title }}, chr(9), 2), '\\+"*', '"', 'g')
        else {{ title }}
    end
{%- endmacro %}

{#-
Titles of Voeten's file where quotation marks made a line be cut in the wrong places.

`columns_in_title`: the six topic codes that stand glued to the end of a title, tabs between; null where none do.
`without_columns`: the title without them, or from the short title where it was pushed there; in both the
quotation marks, which stand there as \.
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

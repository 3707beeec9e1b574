{#- A list of words as SQL string literals, separated by commas: ('CHN', 'RUS'). -#}
{% macro quoted(words) -%}
    {%- for word in words -%}
        '{{ word | replace("'", "''") }}'{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

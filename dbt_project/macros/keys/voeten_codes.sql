{#- The six topic codes of Voeten's file: the names of its columns, and of the topics in the scheme `voeten`. -#}
{% macro voeten_codes() -%}
    {%- do return(['me', 'nu', 'di', 'hr', 'co', 'ec']) -%}
{%- endmacro %}

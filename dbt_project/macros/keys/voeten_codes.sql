{#- The six topic codes of Voeten's file, as its columns are called and as the scheme `voeten` calls its topics. -#}
{% macro voeten_codes() -%}
    {%- do return(['me', 'nu', 'di', 'hr', 'co', 'ec']) -%}
{%- endmacro %}

{#- The class of an evidence of a topic, the same for all rules on one kind of text: "title rule law" is "title rule". -#}
{% macro evidence_class(column) -%}
    regexp_replace({{ column }}, ' rule .*$', ' rule')
{%- endmacro %}

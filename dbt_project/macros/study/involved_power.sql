{#- The power whose armed conflicts the third finding is about, and the list of key votes on them. -#}
{% macro involved_power() -%} 'RUS' {%- endmacro %}
{% macro involved_list() -%} 'russia_conflicts' {%- endmacro %}

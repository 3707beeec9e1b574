{#- Whether the build stands on the synthetic Assembly, so that every mart says so. From the environment, as
    is the run's id: a changed variable of the command line would make dbt parse the whole project anew. -#}
{% macro on_synthetic() -%}
    {{- return(env_var('UNGA_SYNTHETIC', 'false') == 'true') -}}
{%- endmacro %}

{#- That Assembly's name in the seeds that have rows of both, as a SQL literal. -#}
{% macro assembly() -%}
    {{ "'synthetic'" if on_synthetic() else "'real'" }}
{%- endmacro %}

{#- Whether the build is based on the synthetic Assembly, so that every mart is marked. From the environment, like
    the run's id: a changed command-line variable would make dbt reparse the whole project. -#}
{% macro on_synthetic() -%}
    {{- return(env_var('UNGA_SYNTHETIC', 'false') == 'true') -}}
{%- endmacro %}

{#- That Assembly's name in the seeds that have rows of both, as a SQL literal. -#}
{% macro assembly() -%}
    {{ "'synthetic'" if on_synthetic() else "'real'" }}
{%- endmacro %}

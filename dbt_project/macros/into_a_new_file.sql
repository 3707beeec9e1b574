{#-
The materializations `table` and `view`, for a build that always begins with a new file.

Belongs here: creating a table or a view under its own name, and its comments. Not here: functions (table_macro.sql).
dbt's own build a table under a temporary name, move the old one away, rename the new one and drop the old one, so that
readers of a live database are never without it. Nobody reads a build file, and a failed build is refused whole: so a
table is created under its own name, with its comments. The other statements, and dbt's events about each, took a
quarter of the time that dbt needs for the sample.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set is_sql = model.language == 'sql' -%}

    {{ run_hooks(pre_hooks) }}
    {{ drop_relation_if_exists(load_cached_relation(this)) }}

    {% call statement('main', language=model.language) -%}
        {{ create_table_as(false, target, compiled_code, model.language) }}
        {%- if is_sql %};
        {{ comments_on(target) }}
        {%- endif %}
    {%- endcall %}
    {%- if not is_sql %}
        {% call statement('comments') -%}
            {{ comments_on(target) }}
        {%- endcall %}
    {%- endif %}

    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {%- set target = this.incorporate(type='view') -%}

    {{ run_hooks(pre_hooks) }}
    {{ drop_relation_if_exists(load_cached_relation(this)) }}

    {% call statement('main') -%}
        {{ get_create_view_as_sql(target, sql) }};
        {{ comments_on(target) }}
    {%- endcall %}

    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{#- The descriptions of a relation and its columns, as `persist_docs` writes them, but without asking the relation for its
    columns first: a description of a column that it lacks is an error. -#}
{% macro comments_on(relation) -%}
    {{ duckdb__alter_relation_comment(relation, model.description) }}
    {%- for column in model.columns.values() if column.description %}
    comment on column {{ relation }}.{{ column.name }} is {{ duckdb_escape_comment(column.description) }};
    {%- endfor %}
{%- endmacro %}

{#- From dbt's own graph, and the three tables that publication adds. -#}
{%- set folders = ['core', 'cohesion', 'functions', 'ideal_points', 'study'] -%}
{%- set rows = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.schema == 'marts' -%}
        {%- set is_function = node.config.materialized == 'table_macro' -%}
        {%- set kind = 'function' if is_function else 'view' if node.config.materialized == 'view' else 'table' -%}
        {%- set name = 'marts.' ~ node.name -%}
        {%- set example = node.config.meta.get('example', 'from ' ~ name ~ ' limit 10') -%}
        {%- do rows.append([folders.index(node.fqn[-2]), name, kind, node.description | trim, example]) -%}
    {%- endfor -%}
    {%- for name, words in {
        'marts.checks_log': 'Checks that this build went through. One row per check.',
        'marts.changes': 'What this build changed in the file that it replaced. One row per kind of change.',
        'marts.publication': 'The run that made this file: what to cite. One row, the only one.',
    }.items() -%}
        {%- do rows.append([0, name, 'table', words, 'from ' ~ name ~ ' limit 10']) -%}
    {%- endfor -%}
{%- endif -%}

select
    name,
    kind,
    what_it_holds,
    example
from (
    values
    {% for folder, name, kind, words, example in rows | sort %}
        ({{ folder }}, {{ quoted([name]) }}, '{{ kind }}', {{ quoted([words]) }}, {{ quoted([example]) }})
        {{- ',' if not loop.last }}
    {% else %}
        (null, null, null, null, null)
    {% endfor %}
) as listed (folder, name, kind, what_it_holds, example)
where name is not null
order by folder, kind, name

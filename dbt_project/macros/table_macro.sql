{#-
The materialization `table_macro`: a model that is a function of the published file, called with arguments.

Belongs here: `create macro` and its comment. Not here: what a function returns (models/marts/functions/).
The arguments are those of `meta.arguments` in the model's YAML, each with a name, a description, and possibly a
default. With `meta.scalar` the function returns one value, and its SQL is a select of that expression
alone: this form can be linted, while `create macro` takes the bare expression.
-#}
{% materialization table_macro, adapter='duckdb' -%}
    {%- set meta = config.get('meta') -%}
    {%- set scalar = meta.get('scalar', false) -%}
    {%- set signature = [] -%}
    {%- set described = [model.description | trim] -%}
    {%- for argument in meta.arguments -%}
        {%- set default = ' := ' ~ argument.default if 'default' in argument else '' -%}
        {%- do signature.append(argument.name ~ default) -%}
        {%- set optional = ' [default: ' ~ argument.default ~ ']' if 'default' in argument else '' -%}
        {%- do described.append(argument.name ~ ': ' ~ argument.description | trim ~ optional) -%}
    {%- endfor -%}
    {%- if scalar and not sql.strip().startswith('select') -%}
        {%- do exceptions.raise_compiler_error('A scalar function is a select of one expression: ' ~ model.name) -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks) }}

    {% call statement('main') -%}
        create or replace macro {{ this.include(database=false) }} ({{ signature | join(', ') }}) as
        {%- if scalar %} ({{ sql.strip()[6:] }}) {% else %} table
        {{ sql }}
        {%- endif %}
    {%- endcall %}
    {% call statement('comment') -%}
        comment on macro {{ '' if scalar else 'table' }} {{ this.include(database=false) }}
        is {{ duckdb_escape_comment(described | join('\n')) }}
    {%- endcall %}

    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {#- No relation: it can't be queried without arguments. -#}
    {{ return({'relations': []}) }}
{%- endmaterialization %}

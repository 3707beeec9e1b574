{#- Generic tests, so that no package is needed for them. -#}

{#- What every row has to satisfy, in one test a table, since each test costs more than most of these queries:
    - unique: lists of columns whose values no two rows share. In a list of one column, nulls may repeat.
    - never_null: columns without a null.
    - accepted_values: values by column. A null passes.
    - always_true: expressions. A null fails.
    The rule that a row breaks comes first, then the row. -#}
{% test valid_rows(model, unique=[], never_null=[], accepted_values={}, always_true=[]) %}
{%- set rules = [] -%}
{%- for column in never_null -%}
    {%- do rules.append((column ~ ' is null', column ~ ' is null')) -%}
{%- endfor -%}
{%- for column, values in accepted_values.items() -%}
    {%- set allowed = [] -%}
    {%- for value in values -%}
        {%- do allowed.append("'" ~ value | replace("'", "''") ~ "'" if value is string else value | string) -%}
    {%- endfor -%}
    {%- do rules.append((column ~ ' is not accepted', column ~ ' not in (' ~ allowed | join(', ') ~ ')')) -%}
{%- endfor -%}
{%- for expression in always_true -%}
    {%- do rules.append(('untrue: ' ~ expression, 'not coalesce(' ~ expression ~ ', false)')) -%}
{%- endfor -%}
{%- set queries = [] -%}
{%- if rules -%}
    {%- set query -%}
select
    concat_ws(
        '; ',
        {%- for said, broken in rules %}
        case when {{ broken }} then '{{ said | replace("'", "''") }}' end{{ ',' if not loop.last }}
        {%- endfor %}
    ) as rule,
    checked::varchar as found
from {{ model }} as checked
where
    {%- for said, broken in rules %}
    {{ 'or ' if not loop.first }}{{ broken }}
    {%- endfor %}
    {%- endset -%}
    {%- do queries.append(query) -%}
{%- endif -%}
{%- for columns in unique -%}
    {%- set query -%}
select
    '{{ columns | join(", ") }} not unique' as rule,
    repeated::varchar as found
from ({{ repeated_rows(model, columns) }}) as repeated
    {%- endset -%}
    {%- do queries.append(query) -%}
{%- endfor -%}
{{ queries | join('\nunion all\n') }}
{% endtest %}

{#- The values that rows share, each once. The rows are first grouped by one hash, which takes half the time and memory;
    rows that share a hash, if any, are then compared by their values. -#}
{% macro repeated_rows(model, columns) -%}
{%- set digest = 'hash(' ~ columns | join(', ') ~ ')' -%}
select {{ columns | join(', ') }}
from {{ model }}
where
    {{ digest }} in (
        select {{ digest }}
        from {{ model }}
        group by all
        having count(*) > 1
    )
    {%- if columns | length == 1 %}
    and {{ columns[0] }} is not null
    {%- endif %}
group by all
having count(*) > 1
{%- endmacro %}

{#- No two rows share the values of these columns: for some of the rows alone (`where`). -#}
{% test unique_combination(model, columns) %}
{{ repeated_rows(model, columns) }}
{% endtest %}

{#- The expression is true in every row; a null fails. For what only warns. -#}
{% test expression_is_true(model, expression) %}
select *
from {{ model }}
where not coalesce({{ expression }}, false)
{% endtest %}

{#- A relation has exactly these columns, by name and type: the contract of models that cannot have one. The values
    of an ENUM, as other arguments of a type, are not compared. -#}
{% test columns_are(model, columns) %}
select coalesce(found.column_name, expected.column_name) as column_name
from (
    select column_name, split_part(data_type, '(', 1) as data_type
    from duckdb_columns()
    where schema_name = '{{ model.schema }}' and table_name = '{{ model.identifier }}'
) as found
full outer join (
    values {% for name, type in columns.items() %}('{{ name }}', '{{ type }}'){{ ', ' if not loop.last }}{% endfor %}
) as expected (column_name, data_type) using (column_name)
where found.data_type is distinct from expected.data_type
{% endtest %}

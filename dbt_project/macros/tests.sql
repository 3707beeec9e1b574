{#- Generic tests, so that no package is needed for them. -#}

{#- No two rows share the values of these columns. The rows are first grouped by one hash, which takes
    half the time and memory; rows that share a hash, if any, are then compared by their values. -#}
{% test unique_combination(model, columns) %}
with shared as (
    select hash({{ columns | join(', ') }}) as digest
    from {{ model }}
    group by all
    having count(*) > 1
)

select {{ columns | join(', ') }}
from {{ model }}
where hash({{ columns | join(', ') }}) in (select digest from shared)
group by all
having count(*) > 1
{% endtest %}

{#- None of these columns has a null: one scan for all of them. -#}
{% test never_null(model, columns) %}
select *
from {{ model }}
where {{ columns | join(' is null or ') }} is null
{% endtest %}

{#- The expression is true in every row; a null fails. -#}
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

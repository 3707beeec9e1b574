{%- set marts = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.schema == 'marts' and node.name != 'freshness'
        and node.config.materialized != 'table_macro' -%}
        {%- do marts.append(node.name) -%}
    {%- endfor -%}
{%- endif %}

with marts as (
    select unnest({{ marts | sort }}::varchar[]) as mart
),

data as (
    select max(last_vote) as data_through
    from {{ ref('int_reach') }}
),

sessions as (
    select count(*) as complete
    from (
        select session
        from {{ ref('completeness') }}
        group by session
        having
            bool_and(status = 'as expected')
            and bool_or(expected_rule = 'exact' and found_roll_calls > 0)
    )
),

releases as (
    select string_agg(distinct source || ' ' || release, ', ' order by source || ' ' || release) as releases
    from {{ source('raw', 'releases') }}
)

select
    marts.mart,
    data.data_through,
    sessions.complete::integer as sessions_complete,
    releases.releases,
    timestamp '{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as built_at,
    -- Publication sets these two once every blocking check has passed.
    null::timestamp as checked_at,
    false as is_fresh,
    '{{ env_var('UNGA_RUN_ID', 'by hand') }}' as run_id,
    {{ on_synthetic() }} as synthetic
from marts, data, sessions, releases
order by marts.mart

-- One row per mart that exists or has a row in freshness, except freshness itself and the tables that
-- publication adds.
with marts as (
    select table_name as mart from duckdb_tables() where schema_name = 'marts'
    union
    select view_name as mart from duckdb_views() where schema_name = 'marts'
),

-- Every resolution of the synthetic Assembly says so in its title.
world as (
    select
        bool_and(contains(lower(title), 'synthetic resolution')) as all_synthetic,
        bool_or(contains(lower(title), 'synthetic resolution')) as some_synthetic
    from marts.dim_roll_calls
)

select
    mart,
    marts.mart is not null as is_there,
    count(freshness.mart) as rows_of_freshness,
    max(freshness.data_through) as data_through,
    max(freshness.built_at)::date as built_on,
    bool_and(
        if(freshness.synthetic, (select all_synthetic from world), not (select some_synthetic from world))
    ) as is_of_one_world
from marts
full outer join marts.freshness as freshness using (mart)
where mart not in ('freshness', 'changes', 'checks_log', 'publication')
group by all
order by mart

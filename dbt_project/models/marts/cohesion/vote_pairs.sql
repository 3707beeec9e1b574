{{ config(materialized='view') }}

select * exclude (session)
from {{ ref('int_pair_counts') }}
where year is not null

{{ config(materialized='view') }}

select * exclude (year)
from {{ ref('int_pair_counts') }}
where session is not null

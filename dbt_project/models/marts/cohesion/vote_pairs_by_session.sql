{{ config(materialized='view') }}

select
    * exclude (year),
    absent_a + absent_b + absent_both as absent_either
from {{ ref('int_pair_counts') }}
where session is not null

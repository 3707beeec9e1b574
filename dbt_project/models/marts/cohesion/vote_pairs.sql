{{ config(materialized='view') }}

select
    * exclude (session),
    absent_a + absent_b + absent_both as absent_either
from {{ ref('int_pair_counts') }}
where year is not null

{{ config(materialized='view') }}

select
    runs.*,
    coalesce(
        runs.votes_key = series.votes_key and runs.method = {{ var('ideal_point_method') }}, false
    ) as is_current
from {{ source('raw', 'ideal_points_run') }} as runs
left join {{ ref('int_ideal_point_series') }} as series using (series)

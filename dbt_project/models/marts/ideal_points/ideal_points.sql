{{ config(materialized='view') }}

select
    points.series,
    points.state,
    points.session,
    (points.session + 1945)::integer as year,
    points.estimate,
    points.sd,
    points.q05,
    points.q10,
    points.q50,
    points.q90,
    points.q95,
    points.votes,
    points.rhat,
    points.ess,
    runs.data_through,
    runs.is_current
from {{ source('raw', 'ideal_points') }} as points
inner join {{ ref('ideal_points_run') }} as runs using (series)

select
    case
        when lower(code) in (select series from {{ ref('ideal_points_run') }}) then lower(code)
        -- As the tables are: empty until something is estimated.
        when not exists (select 1 from {{ ref('ideal_points_run') }}) then lower(code)
        else error(
            'unknown series ''' || coalesce(code, 'null') || ''': it is one of ' || (
                select string_agg(series, ', ' order by contains(series, ':'), series)
                from {{ ref('ideal_points_run') }}
            )
        )
    end

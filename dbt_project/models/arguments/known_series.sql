select
    case
        when lower(code) in (select series from {{ ref('ideal_points_run') }}) then lower(code)
        when exists (select 1 from {{ ref('ideal_points_run') }})
            then error(
                'unknown series ''' || coalesce(code, 'null') || ''': it is one of ' || (
                    select string_agg(series, ', ' order by contains(series, ':'), series)
                    from {{ ref('ideal_points_run') }}
                )
            )
        else error('no ideal points are estimated yet: `unga estimate` makes them')
    end

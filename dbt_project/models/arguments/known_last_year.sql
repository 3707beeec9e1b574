select
    case
        when from_year <= to_year then to_year
        else error(
            'the years ' || coalesce(from_year::varchar, 'null') || ' to '
            || coalesce(to_year::varchar, 'null') || ' are not a period: the first must not be after the last'
        )
    end

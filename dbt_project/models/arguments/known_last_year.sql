select
    case
        when from_year <= to_year then to_year
        else error(
            'the years ' || coalesce(from_year::varchar, 'null') || ' to '
            || coalesce(to_year::varchar, 'null') || ' are no period: the first comes before the last'
        )
    end

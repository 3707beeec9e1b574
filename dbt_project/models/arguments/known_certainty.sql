select
    case
        when certainty between 0 and 1 then certainty
        else error(
            'the certainty ' || coalesce(certainty::varchar, 'null') || ' is not a probability from 0 to 1'
        )
    end

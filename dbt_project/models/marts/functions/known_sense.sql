select
    case
        when code in ('strict', 'wide') then code
        else error('unknown sense ''' || coalesce(code, 'null') || ''': it is strict or wide')
    end

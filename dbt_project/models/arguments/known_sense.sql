select
    case
        when lower(code) in ('strict', 'wide') then lower(code)
        else error('unknown sense ''' || coalesce(code, 'null') || ''': it is strict or wide')
    end

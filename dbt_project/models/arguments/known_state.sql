select
    case
        when code is null then error('a state is null: name it by its code or its name')
        when upper(trim(code)) in (select state from {{ ref('dim_member_states') }}) then upper(trim(code))
        when {{ state_name_key('code') }} in (select name_key from {{ ref('state_names') }})
            then
                (
                    select any_value(state) from {{ ref('state_names') }}
                    where name_key = {{ state_name_key('code') }}
                )
        else error(
            'unknown state ''' || code || ''': did you mean ' || (
                select string_agg(state || ' (' || name || ')', ', ' order by closeness desc, state asc)
                from (
                    select
                        state,
                        any_value(name) as name,
                        max(greatest(
                            jaro_winkler_similarity(upper(code), state),
                            jaro_winkler_similarity(upper(code), upper(name))
                        )) as closeness
                    from {{ ref('dim_member_states') }}
                    group by state
                    order by closeness desc, state asc
                    limit 3
                )
            ) || '? States are ISO 3166-1 alpha-3 codes: see marts.dim_member_states.'
        )
    end

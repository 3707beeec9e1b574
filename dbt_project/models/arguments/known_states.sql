select
    case
        when codes is null then null
        else (
            select
                coalesce(
                    list(
                        {{ ref('known_state') }}(listed.code)
                        order by listed.place
                    ),
                    []
                )
            from (
                select
                    unnest(given.as_list) as code,
                    generate_subscripts(given.as_list, 1) as place
                from (
                    -- Text that is no list is one state.
                    select coalesce(try_cast(codes::varchar as varchar[]), [codes::varchar]) as as_list
                ) as given
            ) as listed
        )
    end

select
    case
        when
            exists (
                select 1 from {{ ref('dim_groups') }}
                where upper(trim(code)) = upper(group_code) or upper(trim(code)) = upper(name)
            )
            then (
                select any_value(group_code) from {{ ref('dim_groups') }}
                where upper(trim(code)) = upper(group_code) or upper(trim(code)) = upper(name)
            )
        else error(
            'unknown group ''' || coalesce(code, 'null') || ''': it is one of '
            || (select string_agg(group_code, ', ' order by group_code) from {{ ref('dim_groups') }})
        )
    end

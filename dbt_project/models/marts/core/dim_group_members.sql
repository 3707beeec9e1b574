select
    members.group_code,
    members.state,
    states.name,
    members.joined_on,
    members.left_on,
    members.date_precision,
    members.certainty,
    members.source
from {{ ref('group_memberships') }} as members
left join (
    select
        state,
        arg_max(name, member_from) as name
    from {{ ref('dim_member_states') }}
    group by state
) as states using (state)
order by members.group_code, members.state, members.joined_on

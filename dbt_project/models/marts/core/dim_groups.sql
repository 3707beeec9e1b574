select
    listed.group_code,
    listed.name,
    count(distinct members.state) filter (members.left_on is null)::integer as members_now,
    count(distinct members.state)::integer as members_ever,
    listed.source
from {{ ref('groups') }} as listed
left join {{ ref('group_memberships') }} as members using (group_code)
group by listed.group_code, listed.name, listed.source
order by listed.group_code

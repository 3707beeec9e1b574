with member_states as (
    select * from {{ ref('member_states') }}
),

names as (
    select
        state,
        string_agg(name, '; ' order by kind, name) as names
    from {{ ref('state_names') }}
    where kind in ('former', 'present')
    group by state
)

select
    member_states.state,
    member_states.name,
    member_states.cow_code,
    member_states.gw_code,
    member_states.member_from,
    member_states.member_to,
    member_states.region_group,
    member_states.predecessor,
    member_states.succeeded_by,
    names.names,
    {{ seat_note(
        'member_states.state', 'member_states.member_from', "coalesce(member_states.member_to - 1, date '9999-12-30')"
    ) }} as note
from member_states
inner join names on member_states.state = names.state
order by member_states.state, member_states.member_from

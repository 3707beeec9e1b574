-- Possible members on the day of each source's roll call. Where only the month is known, a state that
-- joined or left in it may have been a member.
select
    roll_calls.source,
    roll_calls.source_key,
    member_states.state,
    bool_or(
        {{ within('roll_calls.vote_date', 'member_states.member_from', 'member_states.member_to') }}
    ) as is_certain,
    bool_or(
        {{ within('roll_calls.earliest', 'member_states.member_from', 'member_states.member_to') }}
        and {{ within('roll_calls.latest', 'member_states.member_from', 'member_states.member_to') }}
    ) as is_certain_all_month
from {{ ref('int_source_roll_calls') }} as roll_calls
inner join {{ ref('member_states') }} as member_states
    on
        {{ overlaps(
            'roll_calls.earliest', 'roll_calls.latest', 'member_states.member_from', 'member_states.member_to'
        ) }}
group by all

-- Who may have been a member on the day of each source's roll call. Where only the month is known, a state
-- that joined or left in it may have been one.
select
    roll_calls.source,
    roll_calls.source_key,
    member_states.state,
    bool_or(
        roll_calls.vote_date >= member_states.member_from
        and roll_calls.vote_date < coalesce(member_states.member_to, date '2999-01-01')
    ) as is_certain,
    bool_or(
        roll_calls.earliest >= member_states.member_from
        and roll_calls.latest < coalesce(member_states.member_to, date '2999-01-01')
    ) as is_certain_all_month
from {{ ref('int_source_roll_calls') }} as roll_calls
inner join {{ ref('member_states') }} as member_states
    on
        roll_calls.latest >= member_states.member_from
        and roll_calls.earliest < coalesce(member_states.member_to, date '2999-01-01')
group by all

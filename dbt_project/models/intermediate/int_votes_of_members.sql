-- Who could vote and what they did. A vote cast is kept whatever the membership table says (and counted as
-- a vote of a non-member); a member of whom the source says nothing was absent.
with roll_calls as (
    select
        *,
        if(date_precision = 'month', date_trunc('month', vote_date)::date, vote_date) as earliest,
        if(date_precision = 'month', last_day(vote_date), vote_date) as latest
    from {{ ref('int_roll_calls') }}
),

votes as (
    select
        roll_calls.roll_call_id,
        source_votes.state,
        source_votes.vote
    from roll_calls
    inner join {{ ref('int_source_votes') }} as source_votes using (source, source_key)
),

-- Where only the month is known, a state that joined or left in that month may have been a member.
members as (
    select
        roll_calls.roll_call_id,
        member_states.state,
        bool_or(
            roll_calls.vote_date >= member_states.member_from
            and roll_calls.vote_date < coalesce(member_states.member_to, date '2999-01-01')
        ) as is_certain,
        bool_or(
            roll_calls.earliest >= member_states.member_from
            and roll_calls.latest < coalesce(member_states.member_to, date '2999-01-01')
        ) as is_certain_all_month
    from roll_calls
    inner join {{ ref('member_states') }} as member_states
        on
            roll_calls.latest >= member_states.member_from
            and roll_calls.earliest < coalesce(member_states.member_to, date '2999-01-01')
    group by all
)

select
    coalesce(members.roll_call_id, votes.roll_call_id) as roll_call_id,
    coalesce(members.state, votes.state) as state,
    if(votes.vote in ('yes', 'no', 'abstain'), votes.vote, 'absent') as vote,
    members.state is not null as is_member,
    votes.state is not null as is_listed
from members
full outer join votes using (roll_call_id, state)
where
    case
        when members.state is null then votes.vote in ('yes', 'no', 'abstain')
        -- A source that says "not a member" of a month in which the state joined or left knows better than
        -- the calendar; of any other member it is taken for an absence.
        when votes.vote = 'not_member' then members.is_certain_all_month
        else members.is_certain or votes.state is not null
    end

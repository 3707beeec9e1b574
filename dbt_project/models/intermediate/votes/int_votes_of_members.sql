-- Who could vote, and how they voted. Votes are never dropped, even when the member table disagrees (which
-- is a doubt); a member that the source does not list was absent. Corrected votes are substituted here and
-- nowhere else.
with votes as (
    select
        roll_calls.roll_call_id,
        source_votes.state,
        source_votes.vote
    from {{ ref('int_roll_calls') }} as roll_calls
    inner join {{ ref('int_source_votes') }} as source_votes using (source, source_key)
),

members as (
    select
        roll_calls.roll_call_id,
        seats.state,
        seats.is_certain,
        seats.is_certain_all_month
    from {{ ref('int_roll_calls') }} as roll_calls
    inner join {{ ref('int_source_seats') }} as seats using (source, source_key)
),

corrections as (
    select * from {{ ref('int_vote_corrections') }}
    where standing = 'holds'
)

select
    roll_call_id,
    state,
    coalesce(corrections.vote, if(votes.vote in ('yes', 'no', 'abstain'), votes.vote, 'absent')) as vote,
    members.state is not null as is_member,
    votes.state is not null as is_listed,
    if(votes.vote in ('yes', 'no', 'abstain'), votes.vote, 'absent') as vote_as_given,
    corrections.correction as corrected_by
from members
full outer join votes using (roll_call_id, state)
left join corrections using (roll_call_id, state)
where
    case
        when members.state is null then votes.vote in ('yes', 'no', 'abstain')
        -- In a month in which the state joined or left, a source's "not a member" takes precedence over the
        -- calendar; for any other member it counts as an absence.
        when votes.vote = 'not_member' then members.is_certain_all_month
        else members.is_certain or votes.state is not null
    end

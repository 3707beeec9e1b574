-- Group membership is that on the day of the vote, not in the year.
with votes as (
    select
        memberships.group_code,
        votes.roll_call_id,
        votes.state as member,
        votes.vote
    from {{ ref('int_resolution_votes') }} as votes
    inner join {{ ref('int_roll_calls') }} as roll_calls using (roll_call_id)
    inner join {{ ref('group_memberships') }} as memberships
        on
            votes.state = memberships.state
            and {{ within('roll_calls.vote_date', 'memberships.joined_on', 'memberships.left_on') }}
    where votes.vote in ('yes', 'no', 'abstain')
),

counted as (
    select
        group_code,
        roll_call_id,
        member,
        vote,
        count(*) filter (vote = 'yes') over roll_call as yes_votes,
        count(*) filter (vote = 'no') over roll_call as no_votes,
        count(*) filter (vote = 'abstain') over roll_call as abstain_votes
    from votes
    window roll_call as (partition by group_code, roll_call_id)
    -- A single vote is not a group.
    qualify count(*) over roll_call >= 2
),

positions as (
    select
        *,
        {{ plurality_vote() }} as plurality
    from counted
)

select
    group_code,
    roll_call_id,
    member,
    vote,
    yes_votes::integer as yes_votes,
    no_votes::integer as no_votes,
    abstain_votes::integer as abstain_votes,
    plurality,
    abs({{ vote_position('vote') }} - {{ vote_position('plurality') }})::integer as distance
from positions
order by group_code, roll_call_id, member

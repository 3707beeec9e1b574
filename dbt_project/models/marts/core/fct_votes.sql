select
    votes.roll_call_id,
    votes.state,
    votes.vote,
    roll_calls.year,
    votes.is_listed,
    kept.state is not null and votes.vote = 'absent' as kept_from_voting,
    votes.vote_as_given,
    votes.corrected_by
from {{ ref('int_votes_of_members') }} as votes
inner join {{ ref('int_roll_calls') }} as roll_calls using (roll_call_id)
left join {{ ref('kept_from_voting') }} as kept
    on
        votes.state = kept.state
        and roll_calls.vote_date >= kept.kept_from
        and roll_calls.vote_date < coalesce(kept.kept_to, date '2999-01-01')
order by roll_calls.vote_date, votes.roll_call_id, votes.state

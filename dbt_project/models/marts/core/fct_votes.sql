select
    votes.roll_call_id,
    votes.state,
    votes.vote,
    roll_calls.year,
    votes.is_listed,
    unseated.state is not null and votes.vote = 'absent' as kept_from_voting,
    votes.vote_as_given,
    votes.corrected_by
from {{ ref('int_votes_of_members') }} as votes
inner join {{ ref('int_roll_calls') }} as roll_calls using (roll_call_id)
left join {{ ref('int_source_unseated') }} as unseated
    on
        roll_calls.source = unseated.source
        and roll_calls.source_key = unseated.source_key
        and votes.state = unseated.state
order by roll_calls.vote_date, votes.roll_call_id, votes.state

{{ config(materialized='view') }}

select
    votes.roll_call_id,
    votes.state,
    votes.vote
from {{ ref('int_votes_of_members') }} as votes
inner join {{ ref('int_roll_calls') }} as roll_calls using (roll_call_id)
where roll_calls.kind = 'resolution'

{{ config(materialized='view') }}

select
    votes.roll_call_id,
    votes.state,
    votes.vote
from {{ ref('fct_votes') }} as votes
inner join {{ ref('dim_roll_calls') }} as roll_calls using (roll_call_id)
where roll_calls.kind = 'resolution'

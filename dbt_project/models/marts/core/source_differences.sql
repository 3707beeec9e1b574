select
    roll_call_id,
    state,
    source_a,
    source_b,
    vote_a,
    vote_b
from {{ ref('int_source_vote_comparison') }}
where vote_a <> vote_b
order by roll_call_id, state, source_a, source_b

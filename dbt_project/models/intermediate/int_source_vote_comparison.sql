-- Cast votes that two sources give for the same roll call and state, side by side.
with matched as (
    select
        match_symbol as roll_call_id,
        source,
        source_key,
        vote_date
    from {{ ref('int_source_roll_calls') }}
    where match_symbol is not null
),

shared as (
    select roll_call_id
    from matched
    group by roll_call_id
    having count(*) > 1
),

cast_votes as (
    select
        matched.roll_call_id,
        matched.source,
        votes.state,
        votes.vote
    from matched
    inner join {{ ref('int_source_votes') }} as votes using (source, source_key)
    where
        votes.vote in ('yes', 'no', 'abstain')
        and matched.roll_call_id in (select shared.roll_call_id from shared)
)

select
    first_source.roll_call_id,
    first_source.state,
    first_source.source as source_a,
    second_source.source as source_b,
    first_source.vote as vote_a,
    second_source.vote as vote_b
from cast_votes as first_source
inner join cast_votes as second_source
    on
        first_source.roll_call_id = second_source.roll_call_id
        and first_source.state = second_source.state
        and first_source.source < second_source.source

-- Cast votes that two sources give for the same roll call and state, side by side.
with sources_of as (
    select
        roll_call_id,
        unnest(['undl', 'unxml', 'voeten']) as source,
        unnest([undl_key, unxml_key, voeten_key]) as source_key
    from {{ ref('int_roll_calls') }}
    where len(sources) > 1
),

cast_votes as (
    select
        sources_of.roll_call_id,
        source,
        votes.state,
        votes.vote
    from sources_of
    inner join {{ ref('int_source_votes') }} as votes using (source, source_key)
    where votes.vote in ('yes', 'no', 'abstain')
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

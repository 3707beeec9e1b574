-- Votes as each source gives them, one shape for all three. A vote under a name or code that is not known,
-- and those of a state that a source lists with two different ones, are left out and told as doubts. An
-- absence under the code of a government that had no seat yet says nothing.
with unioned as (
    select
        'undl' as source,
        undl_key as source_key,
        state,
        vote
    from {{ ref('stg_undl__votes') }}
    union all
    select
        'unxml' as source,
        unxml_key as source_key,
        state,
        vote
    from {{ ref('stg_unxml__votes') }}
    union all
    select
        'voeten' as source,
        voeten_key as source_key,
        state,
        vote
    from {{ ref('stg_voeten__votes') }}
    -- Second records of one vote are left out as roll calls.
    semi join {{ ref('stg_voeten__roll_calls') }} using (voeten_key)
)

select
    source,
    source_key,
    state,
    vote
from unioned
where state is not null
qualify count(*) over (partition by source, source_key, state) = 1

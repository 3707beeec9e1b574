-- What each source lists, in a common form, before anything is left out.
select
    'undl' as source,
    undl_key as source_key,
    state,
    unknown_name,
    vote,
    times_named
from {{ ref('stg_undl__votes') }}
union all
select
    'unxml' as source,
    unxml_key as source_key,
    state,
    unknown_name,
    vote,
    times_named
from {{ ref('stg_unxml__votes') }}
union all
select
    'voeten' as source,
    voeten_key as source_key,
    state,
    unknown_name,
    vote,
    times_named
from {{ ref('stg_voeten__votes') }}
-- Second records of one vote are not roll calls of their own.
semi join {{ ref('stg_voeten__roll_calls') }} using (voeten_key)

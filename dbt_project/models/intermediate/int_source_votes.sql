-- Votes as each source gives them, one shape for all three.
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
    voeten_rcid::varchar as source_key,
    state,
    vote
from {{ ref('stg_voeten__votes') }}
-- An absence under the code of a government that had no seat yet.
where state is not null

-- How far the release of each source reaches, and in which sessions it has votes.
with releases as (
    select
        source,
        max(release) as release
    from {{ source('raw', 'releases') }}
    group by source
)

select
    releases.source,
    releases.release,
    min(roll_calls.vote_date) as first_vote,
    max(roll_calls.vote_date) as last_vote
from releases
left join {{ ref('int_source_roll_calls') }} as roll_calls using (source)
group by all

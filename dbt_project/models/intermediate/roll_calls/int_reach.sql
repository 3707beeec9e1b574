-- Period covered by each source's release, by the dates that fall within their sessions.
with releases as (
    select
        source,
        max(release) as release
    from {{ source('raw', 'releases') }}
    group by source
),

within_session as (
    select
        roll_calls.source,
        roll_calls.vote_date
    from {{ ref('int_source_roll_calls') }} as roll_calls
    left join {{ ref('int_assembly_sessions') }} as sessions using (session)
    where
        roll_calls.vote_date >= coalesce(date_trunc('month', sessions.opened), date '1946-01-01')
        and roll_calls.vote_date <= least(last_day(sessions.closed), current_date)
)

select
    releases.source,
    releases.release,
    min(roll_calls.vote_date) as first_vote,
    max(roll_calls.vote_date) as last_vote
from releases
left join within_session as roll_calls using (source)
group by all

-- What another source has, between the first and last day that a release covers, and this one lacks.
with resolutions as (
    select
        roll_call_id,
        symbol,
        session,
        vote_date,
        sources
    from {{ ref('int_roll_calls') }}
    where kind = 'resolution'
),

lacking as (
    select
        reach.source,
        reach.release,
        resolutions.*
    from resolutions
    inner join {{ ref('int_reach') }} as reach
        on resolutions.vote_date between reach.first_vote and reach.last_vote
    where not list_contains(resolutions.sources, reach.source)
),

gaps as (
    select
        lacking.source,
        lacking.roll_call_id,
        min(known_gaps.reason) as gap_reason
    from lacking
    inner join {{ ref('known_gaps') }} as known_gaps
        on
            lacking.source = known_gaps.source
            and known_gaps.excuses = 'missing'
            and (
                lacking.symbol = known_gaps.symbol
                or (
                    known_gaps.symbol is null
                    and lacking.session = coalesce(known_gaps.session, lacking.session)
                    and lacking.vote_date between known_gaps.gap_from
                    and coalesce(known_gaps.gap_to, date 'infinity')
                )
            )
    group by all
)

select
    lacking.source,
    lacking.release,
    lacking.roll_call_id,
    lacking.symbol,
    lacking.session,
    lacking.vote_date,
    array_to_string(lacking.sources, ', ') as had_by,
    gaps.gap_reason
from lacking
left join gaps using (source, roll_call_id)
order by lacking.source, lacking.vote_date, lacking.roll_call_id

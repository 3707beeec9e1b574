-- The resolutions found, against the number that the Library counts. Where the file has votes that the
-- Library does not count, what is missing is more than the difference.
with found as (
    select
        year,
        count(*) as found,
        count(*) filter (source = 'undl') as found_undl,
        count(*) filter (source = 'unxml') as found_unxml,
        count(*) filter (source = 'voeten') as found_voeten
    from {{ ref('int_roll_calls') }}
    where kind = 'resolution'
    group by year
),

others as (
    select
        year,
        count(*) filter (kind = 'motion') as motions,
        count(*) filter (kind = 'not_adopted') as not_adopted,
        count(*) filter (kind = 'decision') as decisions
    from {{ ref('int_roll_calls') }}
    group by year
),

counted as (
    select
        year,
        roll_calls
    from {{ ref('library_counts') }}
    where not {{ var('synthetic') }}
),

-- A gap that is known is a reason where no source of the build fills it.
gaps as (
    select
        years.year,
        string_agg(
            distinct concat(known_gaps.source, ', ' || known_gaps.symbol, ': ', known_gaps.reason),
            '; '
        ) as reason
    from {{ ref('known_gaps') }} as known_gaps
    inner join {{ ref('int_reach') }} as reach using (source)
    left join {{ ref('assembly_sessions') }} as sessions using (session)
    inner join (select unnest(range(1946, 2100)) as year) as years
        on
            years.year between year(coalesce(known_gaps.gap_from, sessions.opened))
            and year(coalesce(known_gaps.gap_to, known_gaps.gap_from, sessions.closed, reach.last_vote))
    where known_gaps.excuses = 'missing' and known_gaps.source = 'voeten'
    group by years.year
),


joined as (
    select
        year,
        counted.roll_calls as counted_by_library,
        coalesce(found.found, 0) as found,
        coalesce(found.found_undl, 0) as found_undl,
        coalesce(found.found_unxml, 0) as found_unxml,
        coalesce(found.found_voeten, 0) as found_voeten,
        greatest(counted.roll_calls - coalesce(found.found, 0), 0) as missing,
        greatest(coalesce(found.found, 0) - counted.roll_calls, 0) as too_many
    from counted
    full outer join found using (year)
)

select
    joined.year::integer as year,
    joined.counted_by_library::integer as counted_by_library,
    joined.found::integer as found,
    joined.found_undl::integer as found_undl,
    joined.found_unxml::integer as found_unxml,
    joined.found_voeten::integer as found_voeten,
    joined.missing::integer as missing,
    joined.too_many::integer as too_many,
    coalesce(others.motions, 0)::integer as motions,
    coalesce(others.not_adopted, 0)::integer as not_adopted,
    coalesce(others.decisions, 0)::integer as decisions,
    case
        when joined.counted_by_library is null then 'The Library has not counted this year yet'
        when joined.missing > 0 and joined.found = 0 then 'No source in reach has this year'
        when joined.missing > 0
            then coalesce(
                gaps.reason,
                'Not known: no source in reach has these votes'
            )
        when joined.too_many > 0
            then 'Not known: votes that the Library does not count, or dates that fall into another year'
    end as reason
from joined
left join others using (year)
left join gaps using (year)
order by joined.year

-- The resolutions found, compared with the Library's count. Where the file has votes that the Library does
-- not count, more are missing than the difference. Records of one vote are counted once here; the Library
-- seems to count each.
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
        count(*) filter (kind = 'decision') as decisions,
        count(*) filter (kind = 'duplicate') as duplicates
    from {{ ref('int_roll_calls') }}
    group by year
),

counted as (
    select
        year,
        roll_calls
    from {{ ref('library_counts') }}
    where not {{ on_synthetic() }}
),

-- A known gap is a reason if no source of the build fills it.
unfilled as (
    select
        known_gaps.*,
        case
            when known_gaps.year is not null then null
            when known_gaps.symbol is not null then known_gaps.source || ', ' || known_gaps.reason
            else format(
                '{} lacks {} to {}: {}',
                known_gaps.source, known_gaps.gap_from, known_gaps.gap_to, known_gaps.reason
            )
        end as words
    from {{ ref('known_gaps') }} as known_gaps
    inner join {{ ref('int_reach') }} as reach using (source)
    anti join {{ ref('int_roll_calls') }} as filled
        on known_gaps.symbol = filled.symbol and filled.kind = 'resolution'
    where
        known_gaps.excuses = 'missing'
        and coalesce(year(known_gaps.gap_from), known_gaps.year) <= year(reach.last_vote)
        -- Voeten's file has the votes of the Secretariat's missing periods, or they are known by name.
        and (known_gaps.source = 'voeten' or known_gaps.symbol is not null or known_gaps.year is not null)
),

gaps as (
    select
        years.year,
        string_agg(distinct unfilled.words, '; ' order by unfilled.words) as reason,
        count(distinct unfilled.symbol) as named,
        coalesce(sum(unfilled.roll_calls), 0) as counted
    from unfilled
    inner join (select unnest(range(1946, 2100)) as year) as years
        on
            years.year between coalesce(unfilled.year, year(unfilled.gap_from))
            and coalesce(unfilled.year, year(coalesce(unfilled.gap_to, unfilled.gap_from)))
    group by years.year
),

-- If the official file is not in reach, only Voeten's wording identifies a resolution without a symbol.
without_a_symbol as (
    select
        year,
        string_agg(roll_call_id, ', ' order by vote_date, roll_call_id) as roll_calls
    from {{ ref('int_roll_calls') }}
    where kind = 'resolution' and symbol is null
    group by year
),

ends as (
    select string_agg(concat(source, ' ', release, ' ends on ', last_vote), ', ' order by source) as words
    from {{ ref('int_reach') }}
),

joined as (
    select
        year,
        counted.roll_calls as counted_by_library,
        coalesce(found.found, 0) as found,
        coalesce(found.found_undl, 0) as found_undl,
        coalesce(found.found_unxml, 0) as found_unxml,
        coalesce(found.found_voeten, 0) as found_voeten,
        coalesce(others.duplicates, 0) as duplicates,
        counted.roll_calls - coalesce(found.found, 0) - coalesce(others.duplicates, 0) as fewer
    from counted
    full outer join found using (year)
    left join others using (year)
)

select
    joined.year::integer as year,
    joined.counted_by_library::integer as counted_by_library,
    joined.found::integer as found,
    joined.found_undl::integer as found_undl,
    joined.found_unxml::integer as found_unxml,
    joined.found_voeten::integer as found_voeten,
    greatest(joined.fewer, 0)::integer as missing,
    greatest(-joined.fewer, 0)::integer as too_many,
    coalesce(others.motions, 0)::integer as motions,
    coalesce(others.not_adopted, 0)::integer as not_adopted,
    coalesce(others.decisions, 0)::integer as decisions,
    joined.duplicates::integer as duplicates,
    coalesce(gaps.named, 0)::integer as known_by_name,
    greatest(joined.fewer - coalesce(gaps.named, 0), 0)::integer as not_known_by_name,
    case when joined.fewer < 0 then without_a_symbol.roll_calls end as perhaps_not_counted,
    case
        when joined.counted_by_library is null then 'The Library has not counted this year yet'
        when joined.fewer > 0
            then concat_ws(
                '; ',
                gaps.reason,
                case
                    when coalesce(gaps.named, 0) >= joined.fewer then null
                    else format(
                        '{} not known by name{}', joined.fewer - coalesce(gaps.named, 0),
                        case
                            when joined.fewer <= gaps.named + gaps.counted then ''
                            when joined.year >= (select year(max(last_vote)) - 1 from {{ ref('int_reach') }})
                                then ': ' || ends.words
                            else ', and not among the known gaps'
                        end
                    )
                end
            )
        when joined.fewer < 0
            then 'Some of perhaps_not_counted are votes that the Library does not count, or of another year'
    end as reason
from joined
left join others using (year)
left join gaps using (year)
left join without_a_symbol using (year)
cross join ends
order by joined.year

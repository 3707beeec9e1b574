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
            distinct if(
                known_gaps.symbol is null,
                format(
                    '{} lacks {} to {}: {}',
                    known_gaps.source, known_gaps.gap_from, known_gaps.gap_to, known_gaps.reason
                ),
                known_gaps.source || ', ' || known_gaps.reason
            ),
            '; '
        ) as reason,
        bool_or(known_gaps.symbol is null) as is_stretch,
        count(distinct known_gaps.symbol) as named
    from {{ ref('known_gaps') }} as known_gaps
    inner join {{ ref('int_reach') }} as reach using (source)
    inner join (select unnest(range(1946, 2100)) as year) as years
        on
            years.year between year(known_gaps.gap_from)
            and year(coalesce(known_gaps.gap_to, known_gaps.gap_from))
    where
        known_gaps.excuses = 'missing'
        and known_gaps.source = 'voeten'
        and known_gaps.gap_from <= reach.last_vote
        and (
            known_gaps.symbol is null
            or known_gaps.symbol not in (
                select roll_calls.symbol
                from {{ ref('int_roll_calls') }} as roll_calls
                where roll_calls.symbol is not null and roll_calls.kind = 'resolution'
            )
        )
    group by years.year
),

-- Where the official file is not in reach, nothing but Voeten's words tells a resolution without a symbol.
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
    case when joined.too_many > 0 then without_a_symbol.roll_calls end as perhaps_not_counted,
    case
        when joined.counted_by_library is null then 'The Library has not counted this year yet'
        when joined.missing > 0
            then concat_ws(
                '; ',
                gaps.reason,
                case
                    when gaps.is_stretch then null
                    when gaps.named >= joined.missing then null
                    when joined.year >= (select year(max(last_vote)) - 1 from {{ ref('int_reach') }})
                        then ends.words
                    else format(
                        '{} not known by name: no source in reach has them',
                        joined.missing - coalesce(gaps.named, 0)
                    )
                end
            )
        when joined.too_many > 0
            then 'Some of perhaps_not_counted are votes that the Library does not count, or of another year'
    end as reason
from joined
left join others using (year)
left join gaps using (year)
left join without_a_symbol using (year)
cross join ends
order by joined.year

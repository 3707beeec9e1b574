-- One row per list and resolution of the reviewed key votes, for the Assembly of the build.
with expected as (
    select
        key_votes.list,
        key_votes.symbol,
        key_votes.vote_date,
        coalesce(
            nullif(regexp_extract(key_votes.symbol, '^A/RES/((ES-|S-)?\d+)/', 1), ''), sessions.session
        ) as session
    from seeds.key_votes_seed as key_votes
    left join seeds.assembly_sessions as sessions
        on regexp_extract(key_votes.symbol, '\(([IVXLC]+)\)$', 1) = sessions.roman
    where key_votes.assembly = if((select bool_or(synthetic) from marts.freshness), 'synthetic', 'real')
),

found as (
    select
        list,
        symbol,
        count(*) filter (vote = 'yes') as yes,
        count(*) filter (vote = 'no') as no,
        count(*) filter (vote = 'abstain') as abstain
    from marts.key_votes
    group by all
),

in_the_warehouse as (
    select
        symbol,
        any_value(yes_counted) as yes,
        any_value(no_counted) as no,
        any_value(abstain_counted) as abstain
    from marts.dim_roll_calls
    where kind = 'resolution'
    group by symbol
),

-- What a source should have: its release covers the days around it in that session, or a person counted the
-- session through that day.
promised as (
    select distinct
        expected.symbol,
        sessions.source
    from expected
    inner join marts.completeness as sessions on expected.session = sessions.session
    inner join intermediate.int_reach as reach on sessions.source = reach.source
    where
        expected.vote_date between sessions.first_vote and sessions.last_vote
        or (
            expected.vote_date between reach.first_vote and reach.last_vote
            and expected.vote_date <= sessions.expected_through
        )
),

-- Only a gap that names the roll call, or a period of its session that includes the day.
excused as (
    select distinct
        promised.symbol,
        promised.source
    from promised
    inner join expected using (symbol)
    inner join seeds.known_gaps as gaps
        on
            promised.source = gaps.source
            and gaps.excuses = 'missing'
            and (
                expected.symbol = gaps.symbol
                or (
                    gaps.symbol is null
                    and expected.session = gaps.session
                    and expected.vote_date >= gaps.gap_from
                    and expected.vote_date <= coalesce(gaps.gap_to, date 'infinity')
                )
            )
)

select
    expected.list,
    expected.symbol,
    expected.vote_date,
    case
        when found.symbol is not null then 'there'
        when in_the_warehouse.symbol is not null then 'lost'
        when expected.symbol in (
            select promised.symbol
            from promised
            anti join excused using (symbol, source)
        ) then 'missing'
        when expected.symbol in (select promised.symbol from promised) then 'known gap'
        else 'out of reach'
    end as status,
    format('{}/{}/{}', found.yes, found.no, found.abstain) as votes_found,
    format('{}/{}/{}', in_the_warehouse.yes, in_the_warehouse.no, in_the_warehouse.abstain) as votes_counted
from expected
left join found using (list, symbol)
left join in_the_warehouse using (symbol)
order by expected.list, expected.vote_date, expected.symbol

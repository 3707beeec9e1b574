-- One row per roll call, and one per resolution of the list of key votes that should be there and is not.
with published as (
    select
        symbol,
        coalesce(
            nullif(regexp_extract(symbol, '^A/RES/((ES-|S-)?\d+)/', 1), ''), any_value(sessions.session)
        ) as session,
        any_value(vote_date) as vote_date,
        any_value(format('{}/{}/{}', yes, no, abstain)) as votes_published
    from seeds.key_votes_seed
    left join seeds.assembly_sessions as sessions
        on regexp_extract(symbol, '\(([IVXLC]+)\)$', 1) = sessions.roman
    group by symbol
),

-- The roll calls that a known gap names, each a word of it: 77/293, 2668A(XXV).
known as (
    select distinct
        source,
        'A/RES/' || unnest(string_split(gap, ' ')) as symbol
    from seeds.known_gaps
),

reach as (
    select
        source,
        min(first_vote) as first_vote,
        max(last_vote) as last_vote
    from marts.completeness
    group by source
),

roll_calls as (
    select
        *,
        if(kind = 'resolution', symbol, null) as resolution,
        count(*) over (partition by symbol, kind) as times
    from marts.dim_roll_calls
),

-- Missing is what a source in reach should have, which is not known to lack something of that session.
missing as (
    select *
    from published
    where
        symbol not in (select resolution from roll_calls where resolution is not null)
        and exists (
            from reach
            anti join seeds.known_gaps as gaps on reach.source = gaps.source and published.session = gaps.session
            where published.vote_date between reach.first_vote and reach.last_vote
        )
        and not (select bool_or(synthetic) from marts.freshness)
)

select
    roll_calls.roll_call_id,
    roll_calls.session,
    roll_calls.source,
    roll_calls.vote_date,
    if(roll_calls.resolution is null, 1, roll_calls.times) as times_the_symbol_stands,
    coalesce(
        nullif(regexp_extract(roll_calls.resolution, '^A/RES/((ES-|S-)?\d+)/', 1), ''),
        sessions_in_roman.session,
        roll_calls.session
    ) as session_of_the_symbol,
    roll_calls.vote_date between date_trunc('month', sessions.opened)
    and coalesce(last_day(sessions.closed), date '2999-01-01') as in_its_session,
    split_part(roll_calls.sources, ', ', 1) as first_of_its_sources,
    format('{}/{}/{}', yes_counted, no_counted, abstain_counted) as votes_counted,
    if(
        yes_stated is null or known.symbol is not null,
        votes_counted,
        format('{}/{}/{}', yes_stated, no_stated, abstain_stated)
    ) as votes_stated,
    coalesce(published.votes_published, votes_counted) as votes_published,
    'there' as key_vote
from roll_calls
left join known on roll_calls.source = known.source and roll_calls.symbol = known.symbol
left join published on roll_calls.resolution = published.symbol
left join seeds.assembly_sessions as sessions on roll_calls.session = sessions.session
left join seeds.assembly_sessions as sessions_in_roman
    on regexp_extract(roll_calls.resolution, '\(([IVXLC]+)\)$', 1) = sessions_in_roman.roman
union all by name
select
    symbol as roll_call_id,
    vote_date,
    'missing' as key_vote
from missing
order by vote_date, roll_call_id

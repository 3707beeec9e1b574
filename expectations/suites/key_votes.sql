-- One row per list and resolution of the reviewed key votes, of the Assembly that the build is of.
with expected as (
    select
        key_votes.list,
        key_votes.symbol,
        key_votes.vote_date,
        coalesce(
            nullif(regexp_extract(key_votes.symbol, '^A/RES/((ES-|S-)?\d+)/', 1), ''), sessions.session
        ) as session,
        format('{}/{}/{}', yes, no, abstain) as votes_published
    from seeds.key_votes_seed as key_votes
    left join seeds.assembly_sessions as sessions
        on regexp_extract(key_votes.symbol, '\(([IVXLC]+)\)$', 1) = sessions.roman
    where key_votes.assembly = if((select bool_or(synthetic) from marts.freshness), 'synthetic', 'real')
),

found as (
    select
        list,
        symbol,
        format(
            '{}/{}/{}',
            count(*) filter (vote = 'yes'), count(*) filter (vote = 'no'), count(*) filter (vote = 'abstain')
        ) as votes_found
    from marts.key_votes
    group by all
),

-- The roll calls that a known gap names, each a word of it: 77/293, 2668A(XXV).
known as (
    select distinct 'A/RES/' || unnest(string_split(gap, ' ')) as symbol
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

-- What a source should have: it reaches the day, and is not known to lack anything of the session.
promised as (
    select distinct expected.symbol
    from expected
    inner join reach on expected.vote_date between reach.first_vote and reach.last_vote
    anti join seeds.known_gaps as gaps on reach.source = gaps.source and expected.session = gaps.session
)

select
    expected.list,
    expected.symbol,
    expected.vote_date,
    expected.votes_published,
    case
        when found.symbol is not null then 'there'
        when promised.symbol is not null then 'missing'
        else 'out of reach'
    end as status,
    if(known.symbol is null, found.votes_found, expected.votes_published) as votes_found
from expected
left join found using (list, symbol)
left join promised using (symbol)
left join known using (symbol)
order by expected.list, expected.vote_date, expected.symbol

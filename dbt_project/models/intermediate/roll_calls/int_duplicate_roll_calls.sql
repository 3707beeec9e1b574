-- Additional records of one vote. Identical votes of all states prove nothing: twins on the Middle East and
-- on budgets are voted on one after the other with equal outcomes. A record is a duplicate if the symbol
-- shows that there was one vote: the chapters of one resolution, all with the same votes, or the parts
-- beside a record covering them all.
with records as (
    select
        source,
        source_key,
        session,
        vote_date,
        symbol,
        regexp_extract(symbol, '^(A/RES/\d+/\d+[A-Z]?)/[IVX]+$', 1) as of_chapters,
        regexp_extract(symbol, '^(A/RES/\d+/\d+)[A-Z]$', 1) as of_part,
        regexp_extract(symbol, '^A/RES/\d+/\d+([A-Z])$', 1) as part,
        regexp_extract(symbol, '^(A/RES/\d+/\d+)([A-Z])-?([A-Z])$', ['number', 'first', 'last']) as several
    from {{ ref('int_roll_call_records') }}
    where kind in ('resolution', 'decision') and regexp_matches(symbol, '^A/RES/\d+/\d+[A-Z/]')
),

votes as (
    select
        votes.source,
        votes.source_key,
        votes.state,
        votes.vote
    from {{ ref('int_source_votes') }} as votes
    semi join records using (source, source_key)
),

ballots as (
    select
        source,
        source_key,
        string_agg(state || vote, ',' order by state) filter (vote in ('yes', 'no', 'abstain')) as ballot
    from votes
    group by all
),

chapters as (
    select
        records.source,
        records.source_key,
        first_value(records.source_key) over chapter as kept,
        records.of_chapters as symbol,
        count(*) over whole as times,
        min(ballots.ballot) over whole = max(ballots.ballot) over whole as is_one_vote
    from records
    inner join ballots using (source, source_key)
    where records.of_chapters <> ''
    window
        whole as (partition by records.source, records.of_chapters, records.vote_date),
        chapter as (
            partition by records.source, records.of_chapters, records.vote_date
            order by length(records.source_key), records.source_key
        )
),

-- A state or two may be listed in one record only.
parts as (
    select
        single.source,
        single.source_key,
        whole.source_key as kept,
        single.symbol,
        whole.several['number'] || whole.several['first'] || '-' || whole.several['last']
            as symbol_of_kept,
        count(*) filter (votes.vote = others.vote) / count(*) as agreement
    from records as single
    inner join records as whole
        on
            single.source = whole.source
            and single.vote_date = whole.vote_date
            and single.of_part = whole.several['number']
            and single.part between whole.several['first'] and whole.several['last']
            and whole.several['first'] < whole.several['last']
    inner join votes on single.source = votes.source and single.source_key = votes.source_key
    inner join votes as others
        on
            whole.source = others.source
            and whole.source_key = others.source_key
            and votes.state = others.state
    group by all
),

of_one_vote as (
    select
        source,
        source_key,
        kept,
        symbol
    from chapters
    where times > 1 and is_one_vote
    union
    select
        source,
        unnest([source_key, kept]) as source_key,
        kept,
        unnest([symbol, symbol_of_kept]) as symbol
    from parts
    where agreement >= 0.98
)

select
    source,
    source_key,
    symbol,
    nullif(kept, source_key) as duplicate_of
from of_one_vote

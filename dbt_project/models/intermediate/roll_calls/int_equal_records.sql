-- Lettered parts of one number, voted on in one month, with identical but not unanimous votes of all states:
-- perhaps one vote in several rows. Twins look the same, so nothing is done.
with records as (
    select
        source,
        source_key,
        vote_date,
        regexp_extract(symbol, '^(A/RES/\d+(/\d+)?)[A-Z/]', 1) as number
    from {{ ref('int_source_roll_calls') }}
    where kind = 'resolution' and regexp_matches(symbol, '^A/RES/\d+(/\d+)?[A-Z/]')
),

ballots as (
    select
        records.source,
        records.source_key,
        records.number,
        records.vote_date,
        string_agg(votes.state || votes.vote, ',' order by votes.state) as ballot,
        count(*) filter (votes.vote in ('no', 'abstain')) as not_yes
    from records
    inner join {{ ref('int_source_votes') }} as votes using (source, source_key)
    group by all
),

numbers as (
    select
        source,
        number,
        vote_date,
        count(*) as records
    from ballots
    group by all
    having count(*) > 1 and min(ballot) = max(ballot) and min(not_yes) >= 5
)

select
    ballots.source,
    ballots.source_key,
    numbers.number,
    numbers.records
from numbers
inner join ballots using (source, number, vote_date)

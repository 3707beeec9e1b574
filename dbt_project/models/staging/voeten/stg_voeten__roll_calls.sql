with source as (
    select * from {{ source('raw', 'voeten_roll_calls') }}
),

counted as (
    select
        roll_call,
        count(*) filter (vote = 1) as yes_counted,
        count(*) filter (vote = 3) as no_counted
    from {{ source('raw', 'voeten_votes') }}
    group by roll_call
),

named as (
    select
        source.*,
        counted.yes_counted,
        counted.no_counted,
        -- Up to session 17 the field holds the page of the official records, not a resolution's number;
        -- from 18 to 30 resolutions were numbered through and carry the session in Roman numerals.
        case
            when source.unres similar to '(R|A/RES)/(ES-|S-)?\d+/\d+.*' and source.session >= 31
                then {{ normalise_symbol('source.unres') }}
            when source.unres similar to 'R/(1[89]|2\d|30)/\d{4}[A-Z]?' and source.session between 18 and 30
                then regexp_replace(
                    source.unres, '^R/\d+/(\d+[A-Z]?)$',
                    'A/RES/\1(' || {{ roman_session('source.session') }} || ')'
                )
        end as symbol
    from source
    left join counted using (roll_call)
),

kinds as (
    select
        *,
        case
            when coalesce(amend, false) then 'amendment'
            when coalesce(para, false) then 'paragraph'
            when yes_counted <= no_counted then 'not_adopted'
            -- Where a symbol stands again, the later votes are motions and paragraphs under it.
            when
                symbol is not null
                and row_number() over (
                    partition by
                        symbol, coalesce(amend, false), coalesce(para, false), yes_counted <= no_counted
                    order by rcid
                ) > 1
                then 'paragraph'
            else 'resolution'
        end as kind
    from named
)

select
    rcid as voeten_rcid,
    release,
    symbol,
    unres as source_symbol,
    coalesce(
        nullif(regexp_extract(symbol, '^A/RES/((ES|S)-\d+)/', 1), ''),
        'ES-' || nullif(regexp_extract(unres, '^ESS/(\d+)/', 1), ''),
        'S-' || nullif(regexp_extract(unres, '^SS/(\d+)/', 1), ''),
        session::varchar
    ) as session,
    session::varchar as source_session,
    vote_date,
    -- Before session 59 the file's day is often 1 to 7 and not the day of the vote; its month holds.
    case when session < 59 and day(vote_date) <= 7 then 'month' else 'day' end as date_precision,
    -- Not the source's year, which counts a vote of January 2020 under 2019.
    year(vote_date)::integer as year,
    kind,
    nullif(nullif(short, 'NA'), '') as short_title,
    nullif(descr, '') as description,
    me,
    nu,
    di,
    hr,
    co,
    ec,
    important,
    yes_stated,
    no_stated,
    abstain_stated
from kinds

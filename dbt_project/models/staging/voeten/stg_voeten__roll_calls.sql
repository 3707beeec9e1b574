with source as (
    select * from {{ source('raw', 'voeten_roll_calls') }}
),

counted as (
    select
        roll_call,
        count(*) filter (vote = 1) as yes_counted,
        count(*) filter (vote = 3) as no_counted,
        count(*) filter (vote in (1, 2, 3)) as cast_counted
    from {{ source('raw', 'voeten_votes') }}
    group by roll_call
),

-- Releases from v33 on do not mark the amendments and paragraphs before 2020; earlier ones did.
marked_earlier as (
    select
        rcid,
        bool_or(kind = 'amendment') as amend,
        bool_or(kind = 'paragraph') as para
    from {{ ref('voeten_parts') }}
    group by rcid
),

-- Up to session 39 a mark says only that the abstract has the letters AMEND or PARA anywhere ("as amended",
-- "separate"): the object of the vote is identified by the beginning of the abstract, which from session 30
-- on is always the text as a whole.
marked as (
    select
        source.* exclude (amend, para),
        source.amend is null and source.para is null as is_unmarked,
        marked_earlier.rcid is not null as is_marked_elsewhere,
        case
            when coalesce(source.amend, marked_earlier.amend) then 'amendment'
            when coalesce(source.para, marked_earlier.para) then 'paragraph'
        end as mark
    from source
    left join marked_earlier using (rcid)
),

named as (
    select
        source.*,
        case
            when source.session >= 40 then source.mark
            when source.session >= 30 or {{ is_whole_by_words('source.descr') }} then null
            else coalesce({{ part_by_words('source.descr') }}, source.mark)
        end as part,
        counted.yes_counted,
        counted.no_counted,
        counted.cast_counted,
        {{ kind_by_words('source.descr') }} as kind_by_words,
        -- Up to session 17 the field has the page of the official records, not a resolution number; from 18
        -- to 30 resolutions were numbered consecutively and carry the session in Roman numerals.
        case
            when source.unres similar to '(R|A/RES)/(ES-|S-)?\d+/\d+.*' and source.session >= 31
                then {{ normalise_symbol('source.unres') }}
            when source.unres similar to 'R/(1[89]|2\d|30)/\d{4}[A-Z]?' and source.session between 18 and 30
                then regexp_replace(
                    source.unres, '^R/\d+/(\d+[A-Z]?)$',
                    'A/RES/\1(' || {{ roman_session('source.session') }} || ')'
                )
        end as symbol
    from marked as source
    left join counted using (roll_call)
),

-- A carried motion for the two-thirds majority names the draft it applies to.
two_thirds as (
    select distinct
        session,
        {{ draft_named('descr') }} as draft
    from named
    where {{ is_two_thirds_motion('descr') }} and yes_counted > no_counted and draft is not null
),

-- The same symbol, day and words are one vote under two numbers: the fuller record is used.
recorded as (
    select
        named.*,
        two_thirds.draft is not null and yes_counted < 2 * no_counted as lacks_two_thirds,
        unres is not null
        and descr is not null
        and part is null
        and row_number() over (
            partition by unres, vote_date, descr, part
            order by cast_counted desc, rcid asc, roll_call asc
        ) > 1 as is_second_record
    from named
    left join two_thirds
        on named.session = two_thirds.session and {{ draft_named('named.descr') }} = two_thirds.draft
),

kinds as (
    select
        recorded.*,
        part is not null
        and mark is not null
        and coalesce(reviewed.kind, part) = part
        and coalesce(kind_by_words, '') <> 'motion' as is_marked_part,
        case
            when reviewed.kind is not null then 'a person looked it up'
            when kind_by_words = 'motion' then 'words'
            when part = mark then 'mark'
            when coalesce(part, mark) is not null then 'words against the mark'
            when is_unmarked and vote_date >= date '2018-01-01' and kind_by_words is not null then 'words'
            when yes_counted > no_counted and lacks_two_thirds then 'two thirds'
        end as kind_told_by,
        case
            when reviewed.kind is not null then reviewed.kind
            when kind_by_words = 'motion' then 'motion'
            when part is not null then part
            -- Up to 2017 the earlier releases' marks are complete: what they leave unmarked is a resolution.
            when is_unmarked and vote_date >= date '2018-01-01' and kind_by_words is not null
                then kind_by_words
            when yes_counted <= no_counted or lacks_two_thirds then 'not_adopted'
            when {{ kind_by_symbol('symbol') }} = 'decision' then 'decision'
            -- If a symbol is repeated, the later votes are motions and paragraphs under it.
            when
                symbol is not null
                and row_number() over (
                    partition by
                        symbol,
                        part,
                        kind_by_words is not distinct from 'motion',
                        yes_counted <= no_counted
                    order by rcid, roll_call
                ) > 1
                then 'paragraph'
            else 'resolution'
        end as kind
    from recorded
    left join {{ ref('roll_call_kinds') }} as reviewed
        on reviewed.source = 'voeten' and recorded.roll_call = reviewed.source_key
    where not is_second_record
)

select
    roll_call as voeten_key,
    rcid as voeten_rcid,
    release,
    symbol,
    unres as source_symbol,
    coalesce(
        nullif(regexp_extract(symbol, '^A/RES/((ES|S)-\d+)/', 1), ''),
        'ES-' || nullif(regexp_extract(unres, '^ESS/(\d+)(/|$)', 1), ''),
        'S-' || nullif(regexp_extract(unres, '^SS/(\d+)(/|$)', 1), ''),
        session::varchar
    ) as session,
    session::varchar as source_session,
    vote_date,
    -- Before session 59 the file's day is often 1 to 7 and not the day of the vote; its month is right.
    case when session < 59 and day(vote_date) <= 7 then 'month' else 'day' end as date_precision,
    -- Not the source's year, which counts a vote of January 2020 under 2019.
    year(vote_date)::integer as year,
    kind,
    kind_told_by,
    is_marked_part,
    is_unmarked and is_marked_elsewhere as is_marked_elsewhere,
    {{ draft_named('descr') }} as draft,
    nullif(nullif(split_part(short, chr(9), 1), 'NA'), '') as short_title,
    nullif({{ without_columns('descr', 'short') }}, '') as description,
    {{ voeten_codes() | join(', ') }},
    important,
    yes_stated,
    no_stated,
    abstain_stated
from kinds

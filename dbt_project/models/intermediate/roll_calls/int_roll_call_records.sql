-- Roll calls as each source gives them, in a common form, with known errors corrected.
with unioned as (
    {% for source, committee, drafts in [
        ('undl', 'null as committee', "concat_ws(' ', draft, committee_report)"),
        ('unxml', 'committee', 'draft'),
    ] -%}
        select
            '{{ source }}' as source,
            {{ source }}_key as source_key,
            release,
            symbol,
            source_symbol,
            session,
            session as source_session,
            vote_date,
            'day' as date_precision,
            year(vote_date)::integer as year,
            {{ kind_by_symbol('symbol') }} as kind,
            false as is_marked_part,
            title,
            null as short_title,
            agenda_item,
            {{ committee }},
            meeting,
            {{ drafts_in(drafts) }} as draft_symbols,
            draft,
            yes_stated,
            no_stated,
            abstain_stated
        from {{ ref('stg_' ~ source ~ '__roll_calls') }}
        union all
    {% endfor -%}
    select
        'voeten' as source,
        voeten_key as source_key,
        release,
        symbol,
        source_symbol,
        session,
        source_session,
        vote_date,
        date_precision,
        year,
        kind,
        is_marked_part,
        coalesce(description, short_title) as title,
        short_title,
        null as agenda_item,
        null as committee,
        null as meeting,
        [draft] as draft_symbols,
        null as draft,
        yes_stated,
        no_stated,
        abstain_stated
    from {{ ref('stg_voeten__roll_calls') }}
),

applied as (
    select * from {{ ref('roll_call_corrections') }}
    where certainty in ('certain', 'likely')
),

corrected as (
    select
        unioned.* replace (
            coalesce(try_cast(day.holds as date), (day.holds || '-01')::date, unioned.vote_date) as vote_date,
            case
                when day.holds is null then unioned.date_precision
                when length(day.holds) = 7 then 'month'
                else 'day'
            end as date_precision,
            coalesce(session.holds, unioned.session) as session,
            coalesce(symbol.holds, unioned.symbol) as symbol
        ),
        unioned.symbol as symbol_as_given,
        unioned.session as session_as_given,
        unioned.vote_date as date_as_given,
        symbol.holds is not null as is_symbol_corrected,
        if(day.holds is null, unioned.source, 'correction') as date_source
    from unioned
    left join applied as day
        on
            day.field = 'vote_date'
            and unioned.source = day.source
            and unioned.source_key = day.source_key
            and unioned.vote_date::varchar = day.given
    left join applied as session
        on
            session.field = 'session'
            and unioned.source = session.source
            and unioned.source_key = session.source_key
            and unioned.session = session.given
    left join applied as symbol
        on
            symbol.field = 'symbol'
            and unioned.source = symbol.source
            and unioned.source_key = symbol.source_key
            and unioned.symbol is not distinct from symbol.given
),

-- The possible days of the vote. If its month is outside the session, nothing is known but the session.
dated as (
    select
        corrected.* replace (
            case
                when corrected.date_precision = 'month' and {{ outside_session('corrected', 'sessions') }}
                    then 'session'
                else corrected.date_precision
            end as date_precision
        ),
        sessions.opened,
        least(sessions.closed, current_date) as closed
    from corrected
    left join {{ ref('int_assembly_sessions') }} as sessions using (session)
),

spanned as (
    select
        * exclude (opened, closed),
        case date_precision
            when 'day' then vote_date
            when 'session' then opened
            else greatest(date_trunc('month', vote_date)::date, opened)
        end as earliest,
        case date_precision
            when 'day' then vote_date
            when 'session' then closed
            else least(last_day(vote_date), closed)
        end as latest
    from dated
),

-- From session 18 to 30 Voeten's file adds letters to the votes under one number, including motions and
-- paragraphs. If only one of them is a resolution, the letter is the file's; if several are, the letters
-- may be the UN's.
lettered as (
    select
        *,
        regexp_replace(symbol, '^(A/RES/\d+)[A-Z](\([^)]*\))$', '\1\2') as number,
        source = 'voeten' and not is_symbol_corrected and regexp_matches(symbol, '^A/RES/\d+[A-Z]\(')
            as is_lettered
    from spanned
),

told as (
    select
        *,
        coalesce(is_lettered, false)
        and (
            kind not in ('resolution', 'decision')
            or (
                count(*) filter (kind in ('resolution', 'decision')) over same_number = 1
                and count(*) over same_number > 1
            )
        ) as is_letter_of_the_file
    from lettered
    window same_number as (partition by source, number, is_symbol_corrected)
)

-- The UN's own list has no symbol for motions and failed drafts, and this form for decisions.
select
    * exclude (number, is_lettered, is_letter_of_the_file, is_symbol_corrected, year)
    replace (
        case
            when kind in ('motion', 'not_adopted') then null
            when kind = 'decision' then replace(symbol, 'A/RES/', 'A/DEC/')
            when is_letter_of_the_file then number
            else symbol
        end as symbol
    ),
    year(vote_date)::integer as year
from told

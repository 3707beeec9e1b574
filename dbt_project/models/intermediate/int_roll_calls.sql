-- The union of the sources: each roll call whole from one source, undl before unxml before voeten.
with sessions_of_undl as (
    select distinct session
    from {{ ref('int_source_roll_calls') }}
    where source = 'undl'
),

source_roll_calls as (
    select
        *,
        coalesce(match_symbol, source || ':' || source_key) as roll_call_id,
        case source when 'undl' then 1 when 'unxml' then 2 else 3 end as precedence
    from {{ ref('int_source_roll_calls') }}
    -- Voeten names no symbol before session 18. Where undl has the session, its resolutions are these.
    where
        source <> 'voeten'
        or kind <> 'resolution'
        or symbol is not null
        or session not in (select sessions_of_undl.session from sessions_of_undl)
),

chosen as (
    select * from source_roll_calls
    qualify row_number() over (partition by roll_call_id order by precedence) = 1
),

-- What the chosen source does not say of a roll call another may.
united as (
    select
        roll_call_id,
        max(source_key) filter (source = 'undl') as undl_key,
        max(source_key) filter (source = 'unxml') as unxml_key,
        max(source_key) filter (source = 'voeten')::integer as voeten_rcid,
        list(source order by precedence) as sources,
        first(committee order by precedence) filter (committee is not null) as committee,
        first(agenda_item order by precedence) filter (agenda_item is not null) as agenda_item,
        first(short_title) filter (short_title is not null) as short_title
    from source_roll_calls
    group by roll_call_id
)

select
    chosen.roll_call_id,
    chosen.symbol,
    chosen.source_symbol,
    chosen.session,
    chosen.vote_date,
    chosen.date_precision,
    chosen.year,
    chosen.kind,
    chosen.title,
    united.short_title,
    united.agenda_item,
    united.committee,
    chosen.meeting,
    chosen.draft,
    chosen.yes_stated,
    chosen.no_stated,
    chosen.abstain_stated,
    chosen.source,
    chosen.source_key,
    chosen.release,
    united.undl_key,
    united.unxml_key,
    united.voeten_rcid,
    united.sources
from chosen
inner join united using (roll_call_id)

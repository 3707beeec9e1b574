-- The union of the sources: each roll call whole from one source, undl before unxml before voeten.
with source_roll_calls as (
    select
        roll_calls.*,
        ids.roll_call_id,
        ids.matched_by,
        case roll_calls.source when 'undl' then 1 when 'unxml' then 2 else 3 end as precedence,
        -- Of two records that may be the same vote, the more certain one is named.
        row_number() over (
            partition by ids.roll_call_id, roll_calls.source
            order by ids.agreement desc nulls first, roll_calls.source_key asc
        ) as nth
    from {{ ref('int_source_roll_calls') }} as roll_calls
    inner join {{ ref('int_roll_call_ids') }} as ids using (source, source_key)
),

chosen as (
    select * from source_roll_calls
    qualify row_number() over (partition by roll_call_id order by precedence, nth) = 1
),

-- Another source may have what the chosen one lacks.
united as (
    select
        roll_call_id,
        max(source_key) filter (source = 'undl') as undl_key,
        max(source_key) filter (source = 'unxml') as unxml_key,
        max(source_key) filter (source = 'voeten') as voeten_key,
        list(source order by precedence) as sources,
        coalesce(max(matched_by) filter (matched_by <> 'symbol'), max(matched_by)) as matched_by,
        first(committee order by precedence) filter (committee is not null) as committee,
        first(agenda_item order by precedence) filter (agenda_item is not null) as agenda_item,
        first(short_title) filter (short_title is not null) as short_title
    from source_roll_calls
    where nth = 1
    group by roll_call_id
)

select
    chosen.roll_call_id,
    chosen.symbol,
    chosen.symbol_as_given,
    chosen.source_symbol,
    chosen.session,
    chosen.vote_date,
    chosen.date_precision,
    chosen.date_source,
    chosen.year,
    chosen.kind,
    duplicate_ids.roll_call_id as duplicate_of,
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
    united.voeten_key,
    united.sources,
    united.matched_by
from chosen
inner join united using (roll_call_id)
left join {{ ref('int_roll_call_ids') }} as duplicate_ids
    on chosen.source = duplicate_ids.source and chosen.duplicate_of = duplicate_ids.source_key

-- Roll calls as each source gives them, one shape for all three. Only resolutions under a symbol that the
-- source uses once can be matched with another source's (match_symbol).
with unioned as (
    select
        'undl' as source,
        undl_key as source_key,
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
        null as committee,
        meeting,
        {{ drafts_in("concat_ws(' ', draft, committee_report)") }} as draft_symbols,
        draft,
        yes_stated,
        no_stated,
        abstain_stated
    from {{ ref('stg_undl__roll_calls') }}
    union all
    select
        'unxml' as source,
        unxml_key as source_key,
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
        committee,
        meeting,
        {{ drafts_in("draft") }} as draft_symbols,
        draft,
        yes_stated,
        no_stated,
        abstain_stated
    from {{ ref('stg_unxml__roll_calls') }}
    union all
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
)

select
    *,
    case
        when kind = 'resolution' and count(*) over (partition by source, symbol, kind) = 1 then symbol
    end as match_symbol
from unioned

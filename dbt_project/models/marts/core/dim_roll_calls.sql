with counted as (
    select
        roll_call_id,
        count(*) filter (vote = 'yes') as yes_counted,
        count(*) filter (vote = 'no') as no_counted,
        count(*) filter (vote = 'abstain') as abstain_counted,
        count(*) filter (vote = 'absent') as absent_counted
    from {{ ref('int_votes_of_members') }}
    group by roll_call_id
),

doubted as (
    select
        roll_call_id,
        count(*) as doubts
    from {{ ref('int_doubts') }}
    group by roll_call_id
),

-- Totals published elsewhere are used if the source itself states none.
published as (
    select
        symbol,
        yes as yes_published,
        no as no_published,
        abstain as abstain_published
    from {{ ref('int_published_totals') }}
)

select
    roll_calls.roll_call_id,
    roll_calls.symbol,
    roll_calls.session,
    roll_calls.vote_date,
    roll_calls.date_precision,
    roll_calls.date_source,
    roll_calls.year,
    roll_calls.kind,
    roll_calls.duplicate_of,
    roll_calls.title,
    titles.clean_title,
    titles.clean_title_from,
    roll_calls.agenda_item,
    roll_calls.committee,
    roll_calls.meeting,
    roll_calls.draft,
    roll_calls.source,
    roll_calls.release,
    roll_calls.symbol_as_given,
    roll_calls.source_symbol,
    array_to_string(roll_calls.sources, ', ') as sources,
    roll_calls.matched_by,
    coalesce(roll_calls.yes_stated, published.yes_published)::integer as yes_stated,
    coalesce(roll_calls.no_stated, published.no_published)::integer as no_stated,
    coalesce(roll_calls.abstain_stated, published.abstain_published)::integer as abstain_stated,
    case
        when roll_calls.yes_stated is not null then 'source'
        when published.yes_published is not null then 'published total'
    end as stated_by,
    counted.yes_counted::integer as yes_counted,
    counted.no_counted::integer as no_counted,
    counted.abstain_counted::integer as abstain_counted,
    counted.absent_counted::integer as absent_counted,
    coalesce(doubted.doubts, 0)::integer as doubts
from {{ ref('int_roll_calls') }} as roll_calls
left join {{ ref('int_roll_call_titles') }} as titles using (roll_call_id)
left join counted using (roll_call_id)
left join doubted using (roll_call_id)
left join published
    on roll_calls.symbol = published.symbol and roll_calls.kind = 'resolution'
order by roll_calls.vote_date, roll_calls.roll_call_id

-- One title per roll call, from whichever field of its source, and the texts that the topic rules read.
with roll_calls as (
    select * from {{ ref('int_roll_calls') }}
),

titled as (
    select
        *,
        -- In some sessions the title is a document, item and heading of the agenda: use the short one.
        {{ is_agenda('title') }} as title_is_agenda
    from roll_calls
),

named as (
    select
        *,
        case when title_is_agenda then coalesce(short_title, title) else title end as own_title,
        {{ clean_title('own_title') }} as own_clean_title,
        coalesce(agenda_item, case when title_is_agenda then title end) as own_agenda_item
    from titled
),

-- A vote on a paragraph or an amendment carries the symbol of the resolution it belongs to.
parents as (
    select
        symbol,
        min(roll_call_id) as parent_id,
        any_value(own_clean_title) as parent_title
    from named
    where kind = 'resolution' and symbol is not null
    group by symbol
    having count(*) = 1
)

select
    named.roll_call_id,
    named.year,
    named.kind,
    parents.parent_id,
    named.own_title as title,
    coalesce(named.own_clean_title, parents.parent_title) as clean_title,
    case
        when named.own_clean_title is null
            then case when parents.parent_title is not null then 'its resolution' end
        when {{ is_agenda('named.own_title') }} then 'agenda item'
        when {{ is_speech('named.own_title') }} then 'words of the president'
        when named.title_is_agenda then 'short title'
        when {{ is_abstract('named.own_title') }} then 'abstract'
        else 'title'
    end as clean_title_from,
    case when named.kind in ('resolution', 'not_adopted') then {{ title_key('named.own_title') }} end
        as title_key,
    concat_ws(' | ', {{ title_text('named.own_title') }}, {{ title_text('named.short_title') }})
        as title_text,
    {{ title_text('named.short_title') }} as heading_text,
    case when {{ is_description('named.own_title') }} then {{ title_text('named.own_title') }} end
        as description_text,
    {{ title_text('named.own_agenda_item') }} as agenda_text,
    {{ title_text('named.committee') }} as committee_text
from named
left join parents
    on named.symbol = parents.symbol and named.kind in ('paragraph', 'amendment')

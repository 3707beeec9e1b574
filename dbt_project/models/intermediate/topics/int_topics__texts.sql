-- Input of the reviewed topic rules, text by text. Where a source describes the resolution instead of naming
-- it, the short heading is the title, and the description a text of its own: weaker evidence.
with titles as (
    select * from {{ ref('int_roll_call_titles') }}
),

texts as (
    select
        roll_call_id,
        'title' as field,
        case when description_text is null then title_text else heading_text end as text
    from titles
    union all
    select
        roll_call_id,
        'description' as field,
        description_text as text
    from titles
    union all
    select
        roll_call_id,
        'agenda_item' as field,
        agenda_text as text
    from titles
    union all
    select
        roll_call_id,
        'committee' as field,
        committee_text as text
    from titles
    union all
    select
        roll_call_id,
        'subject' as field,
        {{ title_text('subject') }} as text
    from {{ ref('int_roll_call_subjects') }}
    union all
    select
        roll_call_id,
        'voeten_code' as field,
        code as text
    from {{ ref('int_topics__codes') }}
    where has_code and is_trusted
)

select
    texts.*,
    concat_ws(' | ', titles.title_text, titles.agenda_text) as title_and_agenda
from texts
inner join titles using (roll_call_id)
where texts.text <> ''

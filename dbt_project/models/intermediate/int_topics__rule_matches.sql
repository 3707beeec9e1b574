-- Every reviewed rule against every text that it reads.
with titles as (
    select * from {{ ref('int_roll_call_titles') }}
),

texts as (
    select
        roll_call_id,
        'title' as field,
        title_text as text
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
),

-- The same words come back year after year: each is read once.
matched as (
    select
        texts.field,
        texts.text,
        rules.rule_id,
        rules.scheme,
        rules.topic,
        rules.tier,
        rules.unless
    from (select distinct
        field,
        text
    from texts
    where text <> '') as texts
    inner join {{ ref('topic_rules') }} as rules
        on texts.field = rules.field and regexp_matches(texts.text, rules.pattern)
)

select
    texts.roll_call_id,
    matched.scheme,
    matched.topic,
    matched.tier,
    matched.field,
    matched.rule_id
from texts
inner join matched using (field, text)
inner join titles using (roll_call_id)
where
    matched.unless is null
    or not regexp_matches(concat_ws(' | ', titles.title_text, titles.agenda_text), matched.unless)

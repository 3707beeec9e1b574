-- The study's topics: weaker evidence is used only where stronger evidence gives nothing.
with own as (
    select
        roll_call_id,
        topic,
        tier,
        case field
            when 'committee' then 'main committee'
            when 'voeten_code' then 'voeten code'
            when 'subject' then 'unbis subject'
            else replace(field, '_', ' ') || ' rule ' || rule_id
        end as evidence
    from {{ ref('int_topics__rule_matches') }}
    where scheme = 'study'
    qualify row_number() over (
        partition by roll_call_id, topic
        order by tier asc, field = 'committee' desc, field asc, rule_id asc
    ) = 1
),

-- A paragraph or an amendment has the topics of its resolution.
inherited as (
    select
        titles.roll_call_id,
        own.topic,
        3 as tier,
        'its resolution' as evidence
    from {{ ref('int_roll_call_titles') }} as titles
    inner join own on titles.parent_id = own.roll_call_id
    where own.tier <= 2
),

candidates as (
    select * from own
    union all
    select * from inherited
),

strongest as (
    select * from candidates
    qualify rank() over (partition by roll_call_id order by tier) = 1
)

-- A rule may say that a title is general words; beside a rule that names a subject it says nothing.
select
    roll_call_id,
    topic,
    min(evidence) as evidence
from strongest
group by roll_call_id, topic
qualify topic <> 'other' or count(*) over (partition by roll_call_id) = 1

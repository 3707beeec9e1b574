-- The topics of the gold sample, as coded and as assigned.
with sample as (
    select
        gold.*,
        -- A roll call that the sources no longer have leaves its stratum to the others.
        population / count(*) over (partition by gold.decade, stratum, half) as weight
    from {{ ref('topic_gold_sample') }} as gold
    semi join {{ ref('int_roll_calls') }} using (roll_call_id)
),

coded as (
    select
        roll_call_id,
        'study' as scheme,
        unnest(string_split(topics, ';')) as topic
    from sample
    union all
    select
        roll_call_id,
        'voeten' as scheme,
        unnest(string_split(coalesce(codes, 'none'), ';')) as topic
    from sample
),

assigned as (
    select
        topics.roll_call_id,
        topics.scheme,
        topics.topic,
        topics.evidence
    from {{ ref('int_roll_call_topics') }} as topics
    inner join sample using (roll_call_id)
    where topics.scheme in ('study', 'voeten') and topics.topic <> 'all'
),

compared as (
    select
        roll_call_id,
        scheme,
        topic,
        coded.roll_call_id is not null as is_coded,
        assigned.roll_call_id is not null as is_assigned,
        assigned.evidence
    from coded
    full join assigned using (roll_call_id, scheme, topic)
)

select
    compared.*,
    sample.decade,
    sample.half,
    sample.weight,
    sample.coded_on
from compared
inner join sample using (roll_call_id)

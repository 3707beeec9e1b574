-- How often an evidence of its class was right, as a whole and by what the second opinion says of the topic.
-- One right and one wrong are added to a class, and two as right as the class to each of its parts, so that
-- what was seen a few times is not taken for certain. Rules are mended with the open half in view: it is
-- asked only where there is no closed one.
with assigned as (
    select
        gold.scheme,
        {{ evidence_class('gold.evidence') }} as evidence_class,
        opinions.model_probability >= 0.5 as is_seconded,
        gold.is_coded,
        gold.weight
    from {{ ref('int_topics__gold') }} as gold
    left join {{ ref('int_topics__opinions') }} as opinions
        on
            gold.scheme = 'study'
            and gold.roll_call_id = opinions.roll_call_id
            and gold.topic = opinions.topic
    where
        gold.is_assigned
        and gold.half = (select min(half) from {{ ref('int_topics__gold') }})
),

classes as (
    select * from assigned
    where is_seconded is not null
    union all
    select * replace (null as is_seconded)
    from assigned
),

measured as (
    select
        scheme,
        evidence_class,
        is_seconded,
        count(*) as sampled,
        coalesce(sum(weight) filter (is_coded), 0) / sum(weight) as precision,
        power(sum(weight), 2) / sum(power(weight, 2)) as sample_size
    from classes
    group by scheme, evidence_class, is_seconded
),

of_classes as (
    select
        scheme,
        evidence_class,
        (precision * sample_size + 1) / (sample_size + 2) as certainty
    from measured
    where is_seconded is null
)

select
    measured.scheme,
    measured.evidence_class,
    measured.is_seconded,
    measured.sampled,
    -- The last digits of a sum depend on its order, and the same votes have to give the same file.
    round(if(
        measured.is_seconded is null,
        of_classes.certainty,
        (measured.precision * measured.sample_size + 2 * of_classes.certainty) / (measured.sample_size + 2)
    ), 6) as certainty
from measured
inner join of_classes using (scheme, evidence_class)

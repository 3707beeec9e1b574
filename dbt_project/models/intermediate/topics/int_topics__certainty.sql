-- How often an evidence of its class was right on the open half of the gold sample. One right and one wrong
-- are added, so that a class seen a few times is not taken for certain.
with assigned as (
    select
        scheme,
        {{ evidence_class('evidence') }} as evidence_class,
        is_coded,
        weight
    from {{ ref('int_topics__gold') }}
    where half = 'open' and is_assigned
),

measured as (
    select
        scheme,
        evidence_class,
        count(*) as sampled,
        coalesce(sum(weight) filter (is_coded), 0) / sum(weight) as precision,
        power(sum(weight), 2) / sum(power(weight, 2)) as sample_size
    from assigned
    group by scheme, evidence_class
)

select
    scheme,
    evidence_class,
    sampled,
    (precision * sample_size + 1) / (sample_size + 2) as certainty
from measured

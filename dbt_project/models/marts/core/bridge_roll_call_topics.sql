with roll_calls as (
    select roll_call_id from {{ ref('int_roll_calls') }}
),

assigned as (
    select roll_call_id, 'voeten' as scheme, code as topic, 'voeten code' as evidence
    from {{ ref('int_topics__codes') }}
    where has_code and is_trusted
    union all
    select roll_call_id, 'voeten' as scheme, code as topic, evidence
    from {{ ref('int_topics__carried') }}
    where holdout_to is null
    union all
    select roll_call_id, 'study' as scheme, topic, evidence
    from {{ ref('int_topics__study') }}
    union all
    select roll_call_id, 'unbis' as scheme, subject as topic, 'unbis subject' as evidence
    from {{ ref('int_roll_call_subjects') }}
),

schemes as (
    select
        scheme,
        rest_topic
    from (values ('voeten', 'none'), ('study', 'other'), ('unbis', 'none')) as schemes (scheme, rest_topic)
),

everywhere as (
    select roll_call_id, scheme, 'all' as topic, 'every roll call' as evidence
    from roll_calls
    cross join schemes
),

rest as (
    select roll_call_id, scheme, rest_topic as topic, 'nothing applies' as evidence
    from roll_calls
    cross join schemes
    anti join assigned using (roll_call_id, scheme)
),

unioned as (
    select * from assigned
    union all
    select * from everywhere
    union all
    select * from rest
)

select
    roll_call_id,
    scheme,
    topic,
    evidence
from unioned
order by scheme, topic, roll_call_id

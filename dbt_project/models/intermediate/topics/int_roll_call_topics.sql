with assigned as (
    select
        roll_call_id,
        'voeten' as scheme,
        code as topic,
        'voeten code' as evidence
    from {{ ref('int_topics__codes') }}
    where has_code and is_trusted
    union all
    select
        roll_call_id,
        'voeten' as scheme,
        code as topic,
        evidence
    from {{ ref('int_topics__carried') }}
    where holdout_to is null
    union all
    select
        roll_call_id,
        'study' as scheme,
        topic,
        evidence
    from {{ ref('int_topics__study') }}
    union all
    select
        roll_call_id,
        'unbis' as scheme,
        subject as topic,
        'unbis subject' as evidence
    from {{ ref('int_roll_call_subjects') }}
),

schemes as (
    select
        scheme,
        topic as rest
    from {{ ref('topics') }}
    where topic in ('none', 'other')
),

expected as (
    select
        roll_calls.roll_call_id,
        schemes.scheme,
        schemes.rest
    from {{ ref('int_roll_calls') }} as roll_calls
    cross join schemes
),

unioned as (
    select * from assigned
    union all
    select
        roll_call_id,
        scheme,
        'all' as topic,
        'every roll call' as evidence
    from expected
    union all
    select
        expected.roll_call_id,
        expected.scheme,
        expected.rest as topic,
        'nothing applies' as evidence
    from expected
    anti join assigned using (roll_call_id, scheme)
)

select
    roll_call_id,
    scheme,
    topic,
    evidence
from unioned

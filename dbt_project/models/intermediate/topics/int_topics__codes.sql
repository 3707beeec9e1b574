-- Voeten's codes in long form: a code is given or denied; no row means that the roll call was not coded.
with codes as (
    select
        roll_calls.session,
        coded.*
    from {{ ref('int_roll_call_codes') }} as coded
    inner join {{ ref('int_roll_calls') }} as roll_calls using (roll_call_id)
),

long as (
    select
        roll_call_id,
        session,
        code,
        has_code
    from codes
    unpivot (has_code for code in ({{ voeten_codes() | join(', ') }}))
)

select
    long.roll_call_id,
    long.code,
    long.has_code,
    faults.code is null as is_trusted
from long
left join {{ ref('int_topics__code_faults') }} as faults using (session, code)

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
),

-- A listed fault counts only while the data have it: a later release may have corrected it.
faults as (
    select
        listed.session,
        listed.code
    from {{ ref('topic_code_faults') }} as listed
    inner join long using (session, code)
    left join long as other
        on long.roll_call_id = other.roll_call_id and listed.repeats = other.code
    group by listed.session, listed.code
    having
        bool_and(long.has_code = other.has_code)
        or count(*) filter (long.has_code) <= any_value(listed.at_most)
)

select
    long.roll_call_id,
    long.code,
    long.has_code,
    faults.code is null as is_trusted
from long
left join faults using (session, code)

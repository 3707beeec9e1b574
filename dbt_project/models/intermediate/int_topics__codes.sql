-- Voeten's codes long: a code is given or denied; no row says that nobody coded the roll call.
with codes as (
    select * from {{ ref('int_roll_call_codes') }}
),

long as (
    select
        roll_call_id,
        code,
        has_code
    from codes
    unpivot (has_code for code in (me, nu, di, hr, co, ec))
)

select
    long.roll_call_id,
    long.code,
    long.has_code,
    faults.code is null as is_trusted
from long
inner join {{ ref('int_roll_calls') }} as roll_calls using (roll_call_id)
left join {{ ref('topic_code_faults') }} as faults
    on long.code = faults.code and roll_calls.session = faults.session::varchar

select
    roll_calls.roll_call_id,
    {{ voeten_codes() | join(', ') }}
from {{ ref('int_roll_calls') }} as roll_calls
inner join {{ ref('stg_voeten__roll_calls') }} using (voeten_key)

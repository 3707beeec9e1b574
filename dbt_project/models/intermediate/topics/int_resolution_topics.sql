{{ config(materialized='view') }}

-- There are too many UNBIS subjects to count every pair by: the table macros count them on demand.
select
    topics.roll_call_id,
    topics.scheme,
    topics.topic,
    roll_calls.year,
    roll_calls.session
from {{ ref('int_roll_call_topics') }} as topics
inner join {{ ref('int_roll_calls') }} as roll_calls using (roll_call_id)
where
    roll_calls.kind = 'resolution'
    and topics.scheme in ('voeten', 'study')

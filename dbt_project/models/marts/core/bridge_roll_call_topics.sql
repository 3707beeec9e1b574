select
    roll_call_id,
    scheme,
    topic,
    evidence
from {{ ref('int_roll_call_topics') }}
order by scheme, topic, roll_call_id

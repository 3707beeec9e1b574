select
    scheme,
    topic
from {{ ref('bridge_roll_call_topics') }}
anti join {{ ref('dim_topics') }} using (scheme, topic)

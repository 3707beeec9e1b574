select rules.rule_id
from {{ ref('topic_rules') }} as rules
left join {{ ref('topics') }} as topics
    on
        rules.scheme = topics.scheme
        and rules.topic = topics.topic
        and topics.topic not in ('all', 'none')
where topics.topic is null

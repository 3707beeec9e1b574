select
    topics.roll_call_id,
    topics.scheme,
    topics.topic,
    topics.evidence,
    -- What nobody had to judge is certain, a class that the sample does not have is an even chance.
    case
        when topics.scheme = 'unbis' or topics.topic = 'all' then 1.0
        else coalesce(certainty.certainty, of_class.certainty, 0.5)
    end::double as certainty
from {{ ref('int_roll_call_topics') }} as topics
left join {{ ref('int_topics__opinions') }} as opinions
    on
        topics.scheme = 'study'
        and topics.roll_call_id = opinions.roll_call_id
        and topics.topic = opinions.topic
left join {{ ref('int_topics__certainty') }} as certainty
    on
        topics.scheme = certainty.scheme
        and {{ evidence_class('topics.evidence') }} = certainty.evidence_class
        and (opinions.model_probability >= 0.5) = certainty.is_seconded
left join {{ ref('int_topics__certainty') }} as of_class
    on
        topics.scheme = of_class.scheme
        and {{ evidence_class('topics.evidence') }} = of_class.evidence_class
        and of_class.is_seconded is null
order by topics.scheme, topics.topic, topics.roll_call_id

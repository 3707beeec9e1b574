select
    opinions.roll_call_id,
    opinions.topic,
    study.topic is not null as is_assigned,
    opinions.model_probability,
    abs((study.topic is not null)::integer - opinions.model_probability)::double as difference
from {{ ref('int_topics__opinions') }} as opinions
left join {{ ref('int_topics__study') }} as study
    on opinions.roll_call_id = study.roll_call_id and opinions.topic = study.topic
order by opinions.roll_call_id, opinions.topic

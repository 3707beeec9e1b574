select
    roll_calls.roll_call_id,
    schemes.scheme
from {{ ref('int_roll_calls') }} as roll_calls
cross join (select unnest(['voeten', 'study', 'unbis']) as scheme) as schemes
left join {{ ref('bridge_roll_call_topics') }} as topics
    on roll_calls.roll_call_id = topics.roll_call_id and schemes.scheme = topics.scheme
group by all
having
    count(*) filter (topics.topic = 'all') <> 1
    or count(*) filter (topics.topic in ('none', 'other'))
    <> (count(*) filter (topics.topic not in ('all', 'none', 'other')) = 0)::integer

select
    positions.group_code,
    positions.member,
    topics.year,
    topics.scheme,
    topics.topic,
    count(*)::integer as n,
    avg((positions.vote <> positions.plurality)::integer) as against_plurality_share,
    avg(positions.distance) as mean_distance
from {{ ref('group_positions') }} as positions
inner join {{ ref('int_resolution_topics') }} as topics using (roll_call_id)
where positions.plurality is not null
group by all
order by positions.group_code, positions.member, topics.year, topics.scheme, topics.topic

with subjects as (
    select distinct subject as topic from {{ ref('int_roll_call_subjects') }}
)

select
    topics.scheme,
    topics.topic,
    topics.name,
    topics.description,
    measured.precision,
    measured.recall,
    measured.measured_on
from {{ ref('topics') }} as topics
left join {{ ref('topics_measured') }} as measured
    on topics.scheme = measured.scheme and topics.topic = measured.topic and measured.period = 'all years'
union all by name
select
    'unbis' as scheme,
    topic,
    array_to_string(
        list_transform(string_split(topic, ' '), lambda word: word[1] || lower(word[2:])), ' '
    ) as name,
    'Subject of the UNBIS Thesaurus, as the source gives it.' as description
from subjects
order by scheme, topic

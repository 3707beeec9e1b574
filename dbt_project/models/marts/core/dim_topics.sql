with subjects as (
    select distinct subject as topic from {{ ref('int_roll_call_subjects') }}
)

select
    scheme,
    topic,
    name,
    description
from {{ ref('topics') }}
union all
select
    'unbis' as scheme,
    topic,
    array_to_string(
        list_transform(string_split(topic, ' '), lambda word: word[1] || lower(word[2:])), ' '
    ) as name,
    'Subject of the UNBIS Thesaurus, as the source gives it.' as description
from subjects
order by scheme, topic

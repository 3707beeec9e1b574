{{ config(severity='warn') }}

-- Resolutions of one title that come back in three or more years, and those of them whose study topics differ
-- from what most of the series have.
with topics as (
    select
        titles.title_key,
        titles.roll_call_id,
        titles.year,
        string_agg(topics.topic, ', ' order by topics.topic) as topics
    from {{ ref('int_roll_call_titles') }} as titles
    inner join {{ ref('int_roll_call_topics') }} as topics using (roll_call_id)
    where
        titles.kind = 'resolution'
        and titles.title_key is not null
        and topics.scheme = 'study'
        and topics.topic <> 'all'
    group by all
),

series as (
    select
        title_key,
        mode(topics) as topics_of_most
    from topics
    group by title_key
    having count(distinct year) >= 3
)

select
    topics.roll_call_id,
    topics.title_key,
    topics.topics,
    series.topics_of_most
from topics
inner join series using (title_key)
anti join {{ ref('topic_series_exceptions') }} using (roll_call_id)
where topics.topics <> series.topics_of_most

-- One row per session: coverage by the topics. Resolutions only: a paragraph or an amendment is about what
-- its resolution is about. Shares of few roll calls mean nothing and stay empty, as do shares of codes
-- where Voeten, their source, has few of the roll calls.
with topics as (
    select
        roll_calls.session,
        schemes.scheme,
        roll_calls.roll_call_id,
        contains(roll_calls.sources, 'voeten') as is_coded,
        count(*) filter (topics.topic = 'all') as times_all,
        count(*) filter (topics.topic not in ('all', 'none', 'other')) as topics
    from marts.dim_roll_calls as roll_calls
    cross join (select unnest(['voeten', 'study', 'unbis']) as scheme) as schemes
    left join marts.bridge_roll_call_topics as topics using (roll_call_id, scheme)
    where roll_calls.kind = 'resolution'
    group by all
)

select
    session,
    count(distinct roll_call_id) as roll_calls,
    string_agg(scheme || ' ' || roll_call_id, ', ' order by scheme, roll_call_id) filter (times_all <> 1)
        as not_once_under_all,
    if(roll_calls < 10, null, 300 * count(*) filter (scheme = 'study' and topics = 0) / count(*))
        as percent_without_a_study_topic,
    if(
        count(distinct roll_call_id) filter (is_coded) < 10,
        null,
        300 * count(*) filter (scheme = 'voeten' and topics = 0) / count(*)
    ) as percent_without_a_voeten_code
from topics
group by session
order by session

{%- set minimum_roll_calls = var('minimum_series_roll_calls') -%}

with counted as (
    select
        roll_call_id,
        count(distinct vote) as answers
    from {{ ref('int_votes_of_members') }}
    where vote in ('yes', 'no', 'abstain')
    group by roll_call_id
),

-- A special session counts with the regular session that was the latest to open.
placed as (
    select
        roll_calls.roll_call_id,
        roll_calls.kind,
        roll_calls.vote_date,
        coalesce(
            try_cast(roll_calls.session as integer),
            (
                select max(sessions.number)
                from {{ ref('int_assembly_sessions') }} as sessions
                where sessions.kind = 'regular' and sessions.opened <= roll_calls.vote_date
            )
        ) as session
    from {{ ref('int_roll_calls') }} as roll_calls
    inner join counted using (roll_call_id)
    where roll_calls.duplicate_of is null and counted.answers > 1
),

-- Session 19 has one roll call, on procedure. Of the paragraphs and amendments since session 45 not all are
-- known.
entering as (
    select *
    from placed
    where session <> 19 and (kind not in ('paragraph', 'amendment') or session <= 44)
),

-- A title that stands in two sessions running, once in each, is the same item.
titled as (
    select
        entering.roll_call_id,
        entering.session,
        titles.title_key
    from entering
    inner join {{ ref('int_roll_call_titles') }} as titles using (roll_call_id)
    where entering.kind in ('resolution', 'decision', 'not_adopted') and titles.title_key is not null
    qualify count(*) over (partition by titles.title_key, entering.session) = 1
),

runs as (
    select
        roll_call_id,
        session,
        title_key,
        session - row_number() over (partition by title_key order by session) as run
    from titled
),

bridged as (
    select
        roll_call_id,
        first_value(roll_call_id) over (partition by title_key, run order by session) as item
    from runs
),

series as (
    select
        'all_votes' as series,
        roll_call_id
    from entering
    union all
    select
        'final_passage' as series,
        roll_call_id
    from entering
    where kind in ('resolution', 'decision', 'not_adopted')
    union all
    select
        topics.scheme || ':' || topics.topic as series,
        entering.roll_call_id
    from entering
    inner join {{ ref('int_roll_call_topics') }} as topics using (roll_call_id)
    where topics.scheme in ('study', 'voeten') and topics.topic not in ('all', 'none', 'other')
    qualify count(*) over (partition by topics.scheme, topics.topic) >= {{ minimum_roll_calls }}
)

select
    series.series,
    series.roll_call_id,
    entering.session::smallint as session,
    entering.vote_date,
    coalesce(bridged.item, series.roll_call_id) as item
from series
inner join entering using (roll_call_id)
left join bridged using (roll_call_id)
order by series.series, entering.session, series.roll_call_id

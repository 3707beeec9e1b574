with by_period as (
    {% for period in ('year', 'session') %}
        select
            scheme,
            topic,
            {{ 'year' if period == 'year' else 'null::integer as year' }},
            {{ 'session' if period == 'session' else 'null::varchar as session' }},
            list(roll_call_id order by roll_call_id) as roll_calls
        from {{ ref('int_resolution_topics') }}
        group by scheme, topic, {{ period }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A year and a session with exactly the same roll calls are one set.
sets as (
    select
        scheme,
        topic,
        max(year) as year,
        max(session) as session,
        roll_calls
    from by_period
    group by scheme, topic, roll_calls
)

select
    -- In the order in which pairs are stored, so that reads can skip other topics and years.
    row_number() over (order by scheme, topic, year nulls last, session)::integer as set_id,
    scheme,
    topic,
    year,
    session,
    roll_calls
from sets
order by set_id

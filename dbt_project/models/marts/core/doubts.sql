with sessions as (
    select
        completeness.source,
        completeness.session,
        case
            when completeness.status in ('too few', 'missing') then 'fewer roll calls than reviewed'
            else 'more roll calls than reviewed'
        end as rule,
        format(
            '{} reviewed, {} found', completeness.expected_roll_calls, completeness.found_roll_calls
        ) as says
    from {{ ref('completeness') }} as completeness
    where completeness.status in ('too few', 'missing', 'too many')
),

unioned as (
    select * exclude (source_key) from {{ ref('int_doubts') }}
    union all
    select
        sessions.source,
        reach.release,
        null as roll_call_id,
        null as state,
        null as year,
        sessions.session,
        sessions.rule,
        sessions.says
    from sessions
    inner join {{ ref('int_reach') }} as reach using (source)
)

select
    unioned.source,
    unioned.release,
    unioned.roll_call_id,
    unioned.state,
    unioned.year::integer as year,
    unioned.session,
    unioned.rule,
    unioned.says,
    doubt_rules.done,
    doubt_rules.certainty
from unioned
left join {{ ref('doubt_rules') }} as doubt_rules using (rule)
order by unioned.rule, unioned.source, unioned.year, unioned.roll_call_id, unioned.state

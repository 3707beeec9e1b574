with known as (
    select * exclude (date_precision, note, source)
    from {{ ref('assembly_sessions') }}
),

numbered as (
    select
        kind,
        max(opened) as opened,
        unnest(range(1, {{ var('sessions_to_come') }} + 1)) + max(number)::integer as number
    from known
    group by kind
),

-- Rule 1 of the rules of procedure, since 2023: the Tuesday of the second week of September, counting from
-- the first week with a working day. That is the week of 3 September, whatever day the month begins on.
-- Special sessions come at any time: they open after the last one.
to_come as (
    select
        case kind when 'special' then 'S-' when 'emergency' then 'ES-' else '' end || number as session,
        kind,
        number,
        if(
            kind = 'regular',
            (date_trunc('week', make_date(1945 + number, 9, 3)) + interval 8 days)::date,
            opened
        ) as opened
    from numbered
),

every_session as (
    select * from known
    union all by name
    select * from to_come
)

-- A regular session closes as the next one opens.
select
    * replace (
        coalesce(
            closed,
            case when kind = 'regular' then lead(opened) over (partition by kind order by number) - 1 end
        ) as closed
    )
from every_session

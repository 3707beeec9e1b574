with known as (
    select * from {{ ref('assembly_sessions') }}
),

numbered as (
    select
        kind,
        unnest(range(min(number), max(number) + {{ var('sessions_to_come') }} + 1))::integer as number
    from known
    group by kind
),

-- Rule 1 of the rules of procedure, since 2023: the Tuesday of the second week of September, counting from
-- the first week with a working day. That is the week of 3 September, whatever day the month begins on.
-- Special sessions come at any time: they open after the last one.
every_session as (
    select
        coalesce(
            known.session,
            case kind when 'special' then 'S-' when 'emergency' then 'ES-' else '' end || number
        ) as session,
        kind,
        number,
        known.roman,
        coalesce(
            known.opened,
            case
                when kind = 'regular' then date_trunc('week', make_date(1945 + number, 9, 3))::date + 8
                else last_value(known.opened ignore nulls) over (partition by kind order by number)
            end
        ) as opened,
        known.closed
    from numbered
    left join known using (kind, number)
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

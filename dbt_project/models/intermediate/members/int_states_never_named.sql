-- A source that lists absences names every member of the day: one that it never names in a session of ten
-- roll calls was lost, in the source or here. The synthetic Assembly has few of the members.
with roll_calls as (
    select
        source,
        source_key,
        source_session as session
    from {{ ref('int_source_roll_calls') }}
),

named as (
    select
        roll_calls.source,
        roll_calls.session,
        votes.state,
        count(*) as times_named,
        count(*) filter (votes.vote = 'absent') as absences
    from {{ ref('int_source_votes') }} as votes
    inner join roll_calls using (source, source_key)
    group by all
),

seats as (
    select
        roll_calls.source,
        roll_calls.session,
        seats.state,
        count(*) as roll_calls
    from {{ ref('int_source_seats') }} as seats
    inner join roll_calls using (source, source_key)
    anti join {{ ref('int_source_unseated') }} using (source, source_key, state)
    where seats.is_certain_all_month
    group by all
),

lists_absences as (
    select
        source,
        session
    from named
    group by all
    having sum(absences) > 0
)

select
    seats.source,
    seats.session,
    seats.state,
    seats.roll_calls
from seats
inner join lists_absences using (source, session)
anti join named using (source, session, state)
where seats.roll_calls >= 10 and seats.state in (select any_source.state from named as any_source)

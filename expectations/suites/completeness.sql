-- One row per source in reach and session: what was expected, what was found, what is unexplained.
with kept as (
    select
        roll_calls.roll_call_id,
        matched.undl_key,
        matched.unxml_key,
        matched.voeten_rcid::varchar as voeten_key
    from marts.dim_roll_calls as roll_calls
    inner join intermediate.int_roll_calls as matched using (roll_call_id)
),

source_roll_calls as (
    select
        found.source,
        found.source_session as session,
        found.source_key,
        coalesce(found.symbol, found.source || ' ' || found.source_key) as name,
        found.yes_stated,
        found.no_stated,
        found.abstain_stated,
        -- Voeten names no symbol before session 18: where undl has the session, its resolutions are these.
        found.source = 'voeten'
        and found.kind = 'resolution'
        and found.symbol is null
        and found.session in (
            select session from intermediate.int_source_roll_calls where source = 'undl'
        ) as left_to_undl,
        count(kept.roll_call_id) as times_kept
    from intermediate.int_source_roll_calls as found
    left join kept
        on found.source_key = case found.source
            when 'undl' then kept.undl_key
            when 'unxml' then kept.unxml_key
            else kept.voeten_key
        end
    group by all
),

counted as (
    select
        source,
        source_key,
        count(*) filter (vote = 'yes') as yes,
        count(*) filter (vote = 'no') as no,
        count(*) filter (vote = 'abstain') as abstain
    from intermediate.int_source_votes
    group by all
),

-- The roll calls that a known gap names, each a word of it: 77/293, 2668A(XXV).
known as (
    select distinct
        source,
        'A/RES/' || unnest(string_split(gap, ' ')) as symbol
    from seeds.known_gaps
),

without_a_seat as (
    select
        votes.source,
        votes.source_key,
        string_agg(votes.state, ' ' order by votes.state) as states
    from intermediate.int_source_votes as votes
    inner join intermediate.int_source_roll_calls as roll_calls using (source, source_key)
    left join seeds.member_states as members
        on
            votes.state = members.state
            and members.member_from <= if(date_precision = 'month', last_day(vote_date), vote_date)
            and coalesce(members.member_to, date '2999-01-01')
            > if(date_precision = 'month', date_trunc('month', vote_date), vote_date)
    where votes.vote in ('yes', 'no', 'abstain') and members.state is null
    group by all
),

at_fault as (
    select
        source_roll_calls.source,
        session,
        string_agg(name, ', ' order by name) filter (times_kept <> if(left_to_undl, 0, 1))
            as not_kept_once,
        string_agg(
            format(
                '{} states {}/{}/{} and lists {}/{}/{}',
                name, coalesce(yes_stated::varchar, '?'), coalesce(no_stated::varchar, '?'),
                coalesce(abstain_stated::varchar, '?'),
                coalesce(yes, 0), coalesce(no, 0), coalesce(abstain, 0)
            ),
            ', ' order by name
        ) filter (
            known.symbol is null
            and (
                yes_stated <> coalesce(yes, 0)
                or no_stated <> coalesce(no, 0)
                or abstain_stated <> coalesce(abstain, 0)
            )
        ) as totals_that_disagree,
        string_agg(name || ' ' || without_a_seat.states, ', ' order by name) filter (known.symbol is null)
            as votes_of_non_members
    from source_roll_calls
    left join counted using (source, source_key)
    left join without_a_seat using (source, source_key)
    left join known on source_roll_calls.source = known.source and source_roll_calls.name = known.symbol
    group by all
),

-- A source that lists absences names every member of the day: one it never names in a session was lost on the
-- way. The synthetic Assembly has few of the members.
listed as (
    select
        roll_calls.source,
        roll_calls.session,
        votes.state,
        count(*) as roll_calls,
        count(*) filter (votes.is_listed) as times_listed,
        count(*) filter (votes.is_listed and votes.vote = 'absent') as absences_listed
    from marts.fct_votes as votes
    inner join marts.dim_roll_calls as roll_calls using (roll_call_id)
    where
        votes.state in (select state from intermediate.int_source_votes)
        or not (select bool_or(synthetic) from marts.freshness)
    group by all
),

never_listed as (
    select
        source,
        session,
        string_agg(state, ', ' order by state) filter (times_listed = 0 and roll_calls >= 10)
            as states_never_listed
    from listed
    group by all
    having sum(absences_listed) > 0
)

select
    completeness.source,
    completeness.session,
    completeness.expected_roll_calls,
    completeness.found_roll_calls,
    completeness.status,
    at_fault.not_kept_once,
    at_fault.totals_that_disagree,
    at_fault.votes_of_non_members,
    never_listed.states_never_listed
from marts.completeness
left join at_fault using (source, session)
left join never_listed using (source, session)
order by completeness.source, completeness.session

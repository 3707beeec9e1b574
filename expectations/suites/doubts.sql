-- One row per source, session and rule: the share of the session that the rule doubts, and unreported faults.
with rules as (
    select * from seeds.doubt_rules
),

sessions as (
    select
        source,
        session,
        found_roll_calls,
        expected_roll_calls
    from marts.completeness
),

seats as (
    select
        found.source,
        found.source_session as session,
        count(distinct seats.state) as members
    from intermediate.int_source_seats as seats
    inner join intermediate.int_source_roll_calls as found using (source, source_key)
    group by all
),

doubted as (
    select
        source,
        session,
        rule,
        count(distinct roll_call_id) as roll_calls,
        count(distinct state) filter (roll_call_id is null) as states
    from marts.doubts
    group by all
),

-- A misread state differs in most roll calls; a mismatched roll call, in most states.
by_state as (
    select
        source,
        session,
        rule,
        max(roll_calls) as roll_calls
    from (
        select
            source,
            session,
            rule,
            state,
            count(distinct roll_call_id) as roll_calls
        from marts.doubts
        where rule = 'sources differ on a vote'
        group by all
    )
    group by all
),

compared as (
    select
        ids.source,
        found.source_session as session,
        count(distinct roll_call_id) as roll_calls
    from marts.source_agreement as agreement
    inner join intermediate.int_roll_call_ids as ids using (roll_call_id)
    inner join intermediate.int_source_roll_calls as found using (source, source_key)
    group by all
),

-- A source's totals are compared with the votes it gave, not with corrected ones.
as_given as (
    select
        roll_call_id,
        count(*) filter (vote_as_given = 'yes') as yes,
        count(*) filter (vote_as_given = 'no') as no,
        count(*) filter (vote_as_given = 'abstain') as abstain
    from marts.fct_votes
    group by roll_call_id
),

-- Faults visible in the marts themselves, which must be reported.
to_be_told as (
    select
        roll_calls.source,
        roll_calls.roll_call_id,
        'totals differ' as rule,
        1 as times
    from marts.dim_roll_calls as roll_calls
    inner join as_given using (roll_call_id)
    where
        roll_calls.stated_by = 'source'
        and (
            roll_calls.yes_stated <> as_given.yes
            or roll_calls.no_stated <> as_given.no
            or roll_calls.abstain_stated <> as_given.abstain
        )
    union all
    select
        roll_calls.source,
        votes.roll_call_id,
        'vote of a non-member' as rule,
        count(*) as times
    from marts.fct_votes as votes
    inner join marts.dim_roll_calls as roll_calls using (roll_call_id)
    left join seeds.member_states as members
        on
            votes.state = members.state
            and members.member_from <= if(date_precision = 'month', last_day(vote_date), vote_date)
            and coalesce(members.member_to, date 'infinity')
            > if(date_precision = 'month', date_trunc('month', vote_date), vote_date)
    where votes.vote <> 'absent' and members.state is null and date_precision <> 'session'
    group by all
    union all
    -- Reported for either of the sources.
    select
        null as source,
        roll_call_id,
        'sources differ on a vote' as rule,
        votes_different as times
    from marts.source_agreement
    where votes_different > 0
),

told as (
    select
        to_be_told.roll_call_id,
        to_be_told.rule,
        count(distinct coalesce(doubts.state, '')) as times
    from to_be_told
    inner join marts.doubts as doubts
        on
            to_be_told.roll_call_id = doubts.roll_call_id
            and to_be_told.rule = doubts.rule
            and doubts.source = coalesce(to_be_told.source, doubts.source)
    group by all
),

untold as (
    select
        roll_calls.source,
        roll_calls.session,
        to_be_told.rule,
        string_agg(distinct to_be_told.roll_call_id, ', ' order by to_be_told.roll_call_id) as roll_calls
    from to_be_told
    inner join marts.dim_roll_calls as roll_calls using (roll_call_id)
    left join told using (roll_call_id, rule)
    where coalesce(told.times, 0) < to_be_told.times
    group by all
),

counted as (
    select
        source,
        session,
        rule,
        case
            when rule = 'fewer roll calls than reviewed' then expected_roll_calls - found_roll_calls
            when doubted.roll_calls = 0 then states
            when rule = 'sources differ on a vote' then by_state.roll_calls
            else doubted.roll_calls
        end as doubts,
        case
            when rule = 'fewer roll calls than reviewed' then expected_roll_calls
            when doubted.roll_calls = 0 then members
            when rule = 'sources differ on a vote' then compared.roll_calls
            else found_roll_calls
        end as of
    from doubted
    left join sessions using (source, session)
    left join seats using (source, session)
    left join compared using (source, session)
    left join by_state using (source, session, rule)
)

select
    source,
    session,
    rule,
    counted.doubts,
    100 * counted.doubts // greatest(counted.of, 1) as percent_doubted,
    rules.most_percent,
    if(
        counted.doubts >= rules.least and 100 * counted.doubts > rules.most_percent * counted.of,
        format('{} of {}', counted.doubts, counted.of),
        null
    ) as more_than_may_be,
    untold.roll_calls as not_told
from counted
full outer join untold using (source, session, rule)
left join rules using (rule)
union all
-- So that a file without doubts is checked as well.
select 'all', 'all', 'none', 0, 0, 100, null, null
order by source, session, rule

-- Full outer join of what was expected (reviewed by a person) and what was found, so that a missing and an
-- unexpected session both show.
with roll_calls as (
    select * from {{ ref('int_source_roll_calls') }}
),

expected as (
    select * from {{ ref('expected_roll_calls') }}
    where assembly = {{ "'synthetic'" if var('synthetic') else "'real'" }}
),

votes as (
    select
        source,
        source_key,
        state,
        vote
    from {{ ref('int_source_votes') }}
),

members as (
    select
        roll_calls.source,
        roll_calls.source_key,
        member_states.state,
        bool_or(
            roll_calls.vote_date >= member_states.member_from
            and roll_calls.vote_date < coalesce(member_states.member_to, date '2999-01-01')
        ) as is_certain
    from roll_calls
    inner join {{ ref('member_states') }} as member_states
        on
            if(roll_calls.date_precision = 'month', last_day(roll_calls.vote_date), roll_calls.vote_date)
            >= member_states.member_from
            and if(
                roll_calls.date_precision = 'month',
                date_trunc('month', roll_calls.vote_date)::date,
                roll_calls.vote_date
            ) < coalesce(member_states.member_to, date '2999-01-01')
    group by all
),

listed_and_members as (
    select
        coalesce(votes.source, members.source) as source,
        coalesce(votes.source_key, members.source_key) as source_key,
        count(*) filter (votes.vote = 'yes') as yes_counted,
        count(*) filter (votes.vote = 'no') as no_counted,
        count(*) filter (votes.vote = 'abstain') as abstain_counted,
        count(*) filter (members.is_certain or (members.state is not null and votes.state is not null))
            as member_seats,
        count(*) filter (members.is_certain and votes.state is null) as members_not_listed,
        count(*) filter (members.state is null and votes.vote in ('yes', 'no', 'abstain'))
            as votes_of_non_members
    from votes
    full outer join members using (source, source_key, state)
    group by all
),

found as (
    select
        roll_calls.source,
        roll_calls.source_session as session,
        count(*) as found_roll_calls,
        sum(yes_counted + no_counted + abstain_counted) as votes_cast,
        sum(member_seats) as member_seats,
        sum(members_not_listed) as members_not_listed,
        sum(votes_of_non_members) as votes_of_non_members,
        count(roll_calls.yes_stated) as totals_stated,
        count(*) filter (
            roll_calls.yes_stated <> yes_counted
            or roll_calls.no_stated <> no_counted
            or roll_calls.abstain_stated <> abstain_counted
        ) as totals_that_disagree,
        min(roll_calls.vote_date) as first_vote,
        max(roll_calls.vote_date) as last_vote
    from roll_calls
    inner join listed_and_members using (source, source_key)
    group by all
),

-- Only of sources that were in reach can something be missing.
sources_in_reach as (
    select distinct source from {{ source('raw', 'releases') }}
),

-- A gap without a session is in all sessions of its source; the invented Assembly has none.
gaps as (
    select
        expected.source,
        expected.session,
        string_agg(known_gaps.reason, '; ' order by known_gaps.gap) as gap_reason
    from expected
    inner join {{ ref('known_gaps') }} as known_gaps
        on
            expected.source = known_gaps.source
            and expected.session = coalesce(known_gaps.session, expected.session)
    where expected.assembly = 'real'
    group by all
)

select
    source,
    session,
    expected.roll_calls::integer as expected_roll_calls,
    expected.rule as expected_rule,
    coalesce(found.found_roll_calls, 0)::integer as found_roll_calls,
    case
        when expected.roll_calls is null then 'unexpected'
        when coalesce(found.found_roll_calls, 0) = 0 and expected.roll_calls > 0 then 'missing'
        when expected.rule = 'exact' and found.found_roll_calls <> expected.roll_calls then 'differs'
        when coalesce(found.found_roll_calls, 0) < expected.roll_calls then 'too few'
        else 'as expected'
    end as status,
    coalesce(found.votes_cast, 0)::integer as votes_cast,
    coalesce(found.member_seats, 0)::integer as member_seats,
    coalesce(found.members_not_listed, 0)::integer as members_not_listed,
    coalesce(found.votes_of_non_members, 0)::integer as votes_of_non_members,
    coalesce(found.totals_stated, 0)::integer as totals_stated,
    coalesce(found.totals_that_disagree, 0)::integer as totals_that_disagree,
    found.first_vote,
    found.last_vote,
    gaps.gap_reason
from expected
full outer join found using (source, session)
left join gaps using (source, session)
where source in (select sources_in_reach.source from sources_in_reach)
order by source, session

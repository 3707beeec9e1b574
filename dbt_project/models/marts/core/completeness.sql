-- Full outer join of what was expected (reviewed by a person) and what was found, so that a missing and an
-- unexpected session both show.
with roll_calls as (
    select * from {{ ref('int_source_roll_calls') }}
),

-- The user's own review overrides the project's number.
expected as (
    select
        reviewed.source,
        reviewed.session,
        reviewed.roll_calls,
        reviewed.rule,
        reviewed.counted_through
    from {{ ref('expected_roll_calls') }} as reviewed
    anti join {{ source('raw', 'reviews') }} using (source, session)
    where reviewed.assembly = {{ assembly() }}
    union all
    select
        source,
        session,
        roll_calls,
        rule,
        counted_through
    from {{ source('raw', 'reviews') }}
),

reach as (
    select * from {{ ref('int_reach') }}
),

listed_and_members as (
    select
        coalesce(votes.source, seats.source) as source,
        coalesce(votes.source_key, seats.source_key) as source_key,
        count(*) filter (votes.vote = 'yes') as yes_counted,
        count(*) filter (votes.vote = 'no') as no_counted,
        count(*) filter (votes.vote = 'abstain') as abstain_counted,
        count(*) filter (seats.is_certain or (seats.state is not null and votes.state is not null))
            as member_seats,
        count(*) filter (seats.is_certain and votes.state is null) as members_not_listed,
        count(*) filter (seats.state is null and votes.vote in ('yes', 'no', 'abstain'))
            as votes_of_non_members
    from {{ ref('int_source_votes') }} as votes
    full outer join {{ ref('int_source_seats') }} as seats using (source, source_key, state)
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

missing as (
    select
        source,
        session,
        count(*) as roll_calls,
        count(*) filter (gap_reason is null) as without_a_gap
    from {{ ref('missing_roll_calls') }}
    group by all
),

-- A gap without a session concerns all sessions of its source; the invented Assembly has none. One that
-- begins after the last day of the release does not concern it.
gaps as (
    select
        expected.source,
        expected.session,
        string_agg(distinct known_gaps.reason, '; ' order by known_gaps.reason) as gap_reason,
        bool_or(known_gaps.excuses = 'missing') as has_missing
    from expected
    inner join {{ ref('known_gaps') }} as known_gaps
        on
            expected.source = known_gaps.source
            and expected.session = coalesce(known_gaps.session, expected.session)
    inner join reach
        on
            expected.source = reach.source
            and coalesce(known_gaps.gap_from, reach.last_vote) <= reach.last_vote
    where not {{ on_synthetic() }} and known_gaps.year is null
    group by all
),

joined as (
    select
        source,
        session,
        expected.roll_calls as expected_roll_calls,
        expected.rule,
        expected.counted_through,
        coalesce(found.found_roll_calls, 0) as found_roll_calls,
        -- The number applies only if the release covers the day through which it was counted.
        coalesce(expected.counted_through > reach.last_vote, false) as is_cut_short,
        found.* exclude (source, session, found_roll_calls),
        coalesce(missing.roll_calls, 0) as missing_beside_others,
        coalesce(missing.without_a_gap, 0) as without_a_gap,
        gaps.gap_reason,
        coalesce(gaps.has_missing, false) as has_missing
    from expected
    full outer join found using (source, session)
    inner join reach using (source)
    left join missing using (source, session)
    left join gaps using (source, session)
)

select
    source,
    session,
    expected_roll_calls::integer as expected_roll_calls,
    rule as expected_rule,
    counted_through as expected_through,
    found_roll_calls::integer as found_roll_calls,
    case
        when expected_roll_calls is null then 'unexpected'
        when is_cut_short then 'cut short'
        when found_roll_calls = 0 and expected_roll_calls > 0 then 'missing'
        when found_roll_calls < expected_roll_calls then 'too few'
        when rule = 'exact' and found_roll_calls > expected_roll_calls then 'too many'
        when without_a_gap > 0 then 'incomplete'
        when has_missing then 'known gap'
        else 'as expected'
    end as status,
    missing_beside_others::integer as missing_beside_others,
    coalesce(votes_cast, 0)::integer as votes_cast,
    coalesce(member_seats, 0)::integer as member_seats,
    coalesce(members_not_listed, 0)::integer as members_not_listed,
    coalesce(votes_of_non_members, 0)::integer as votes_of_non_members,
    coalesce(totals_stated, 0)::integer as totals_stated,
    coalesce(totals_that_disagree, 0)::integer as totals_that_disagree,
    first_vote,
    last_vote,
    gap_reason
from joined
order by source, session

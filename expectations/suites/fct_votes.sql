-- One row per roll call: the votes of the fact table compared with the members of the day (read again from
-- the member table), with the votes of its source and their corrections, and with the totals of the
-- dimension.
with roll_calls as (
    select
        *,
        case date_precision
            when 'day' then vote_date
            when 'month' then date_trunc('month', vote_date)::date
            else date '1946-01-01'
        end as earliest,
        case date_precision
            when 'day' then vote_date
            when 'month' then last_day(vote_date)
            else current_date
        end as latest
    from marts.dim_roll_calls
),

members as (
    select
        roll_calls.roll_call_id,
        member_states.state,
        -- Where only the month is known, a state that joined or left in it may or may not have been a member.
        bool_or(
            member_states.member_from <= roll_calls.earliest
            and coalesce(member_states.member_to, date 'infinity') > roll_calls.latest
        ) as is_certain
    from roll_calls
    inner join seeds.member_states
        on
            member_states.member_from <= roll_calls.latest
            and coalesce(member_states.member_to, date 'infinity') > roll_calls.earliest
    group by all
),

-- The Assembly did not seat these; a source may leave them out.
kept_out as (
    select distinct
        roll_calls.roll_call_id,
        kept.state
    from roll_calls
    inner join seeds.kept_from_voting as kept
        on
            roll_calls.latest >= kept.kept_from
            and roll_calls.earliest < coalesce(kept.kept_to, date 'infinity')
),

votes as (
    select
        roll_call_id,
        state,
        count(*) as times,
        string_agg(vote, ', ') as vote,
        string_agg(vote_as_given, ', ') as vote_as_given,
        string_agg(corrected_by, ', ') as corrected_by,
        count(*) filter (vote = 'yes') as yes,
        count(*) filter (vote = 'no') as no,
        count(*) filter (vote = 'abstain') as abstain,
        count(*) filter (vote = 'absent') as absent
    from marts.fct_votes
    group by all
),

-- If two of a source's roll calls may be the same vote, int_roll_calls says which is used.
given as (
    select
        chosen.roll_call_id,
        source_votes.state,
        source_votes.vote
    from intermediate.int_roll_calls as chosen
    inner join intermediate.int_source_votes as source_votes using (source, source_key)
    where source_votes.vote in ('yes', 'no', 'abstain')
),

-- The right vote by each correction; if two states were swapped, the other's vote as the source has it.
corrected as (
    select
        votes.roll_call_id,
        votes.state,
        coalesce(corrections.holds, given.vote, 'absent') as vote
    from votes
    inner join seeds.vote_corrections as corrections
        on
            votes.corrected_by = corrections.id
            and votes.state = corrections.state
            and coalesce(corrections.holds, corrections.holds_of) is not null
    left join given on votes.roll_call_id = given.roll_call_id and corrections.holds_of = given.state
),

by_roll_call as (
    select
        roll_call_id,
        string_agg(state, ', ' order by state) filter (
            votes.times is null and members.is_certain and kept_out.state is null
        ) as members_without_a_vote,
        string_agg(state, ', ' order by state) filter (votes.times > 1) as states_doubled,
        string_agg(state, ', ' order by state) filter (
            coalesce(votes.vote_as_given, 'absent') <> coalesce(given.vote, 'absent')
        ) as votes_not_of_the_source,
        string_agg(state, ', ' order by state) filter (
            votes.vote <> if(votes.corrected_by is null, votes.vote_as_given, coalesce(corrected.vote, ''))
        ) as votes_changed,
        format('{}/{}/{}/{}', sum(yes), sum(no), sum(abstain), sum(absent)) as votes_in_all
    from members
    full outer join votes using (roll_call_id, state)
    full outer join given using (roll_call_id, state)
    left join corrected using (roll_call_id, state)
    left join kept_out using (roll_call_id, state)
    group by roll_call_id
)

select
    roll_calls.roll_call_id,
    roll_calls.session,
    roll_calls.source,
    by_roll_call.members_without_a_vote,
    by_roll_call.states_doubled,
    by_roll_call.votes_not_of_the_source,
    by_roll_call.votes_changed,
    by_roll_call.votes_in_all,
    format('{}/{}/{}/{}', yes_counted, no_counted, abstain_counted, absent_counted) as votes_counted
from roll_calls
left join by_roll_call using (roll_call_id)
order by roll_calls.vote_date, roll_calls.roll_call_id

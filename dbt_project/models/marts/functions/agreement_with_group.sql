with asked as materialized (
    select
        {{ ref('known_state') }}(of_state) as state,
        {{ ref('known_group') }}(in_group) as group_code,
        {{ ref('known_scheme') }}(in_scheme, 'all') as scheme,
        {{ ref('known_last_year') }}(from_year, to_year) as last_year
),

state_votes as (
    select
        votes.roll_call_id,
        votes.year,
        votes.vote
    from {{ ref('fct_votes') }} as votes
    inner join {{ ref('dim_roll_calls') }} as roll_calls using (roll_call_id)
    where
        roll_calls.kind = 'resolution'
        and votes.vote <> 'absent'
        and votes.state = (
            select asked.state from asked
            where asked.last_year is not null
        )
        and votes.year between from_year and {{ ref('known_last_year') }}(from_year, to_year)
),

-- A member is compared with the others: its own vote is excluded from the group's.
others as (
    select
        positions.roll_call_id,
        any_value(state_votes.year) as year,
        any_value(state_votes.vote) as vote,
        count(*) filter (positions.vote = 'yes') as yes_votes,
        count(*) filter (positions.vote = 'no') as no_votes,
        count(*) filter (positions.vote = 'abstain') as abstain_votes,
        count(*) filter (positions.vote = state_votes.vote) as alike
    from {{ ref('group_positions') }} as positions
    inner join state_votes using (roll_call_id)
    where
        positions.group_code = (select asked.group_code from asked)
        and positions.member <> (select asked.state from asked)
    group by positions.roll_call_id
    having count(*) >= 2
),

positions as (
    select
        *,
        {{ plurality_vote() }} as plurality,
        alike / {{ group_votes_cast() }} as share_alike
    from others
),

-- Each roll call counts for its year and, as year null, for the whole period.
of_year_and_period as (
    select * replace (unnest([year, null]) as year) from positions
),

counted as (
    select
        seen.year,
        topics.scheme,
        topics.topic,
        count(seen.plurality)::integer as n,
        count(*) filter (seen.vote = seen.plurality)::integer as with_group,
        count(*) filter (
            {{ are_opposed('seen.vote', 'seen.plurality', "'strict'") }}
        )::integer as against_group,
        count(*) filter (seen.plurality is null)::integer as group_split,
        avg({{ agreement_of_votes('seen.vote', 'seen.plurality') }}) filter (
            seen.plurality is not null
        ) as mean_agreement,
        avg(seen.share_alike order by seen.roll_call_id) as mean_share_alike
    from of_year_and_period as seen
    inner join {{ ref('bridge_roll_call_topics') }} as topics using (roll_call_id)
    where topics.scheme = (select asked.scheme from asked)
    group by seen.year, topics.scheme, topics.topic
)

select
    asked.state,
    asked.group_code,
    {{ period_label('counted.year', 'from_year', 'to_year') }} as period,
    counted.year,
    asked.scheme,
    counted.topic,
    counted.n,
    counted.with_group,
    counted.against_group,
    counted.group_split,
    {{ measured('counted.with_group / counted.n') }} as agreement_strict,
    {{ measured('counted.mean_agreement') }} as agreement_half,
    {{ measured('counted.mean_share_alike') }} as members_alike
from counted
inner join asked on counted.scheme = asked.scheme
order by counted.topic, counted.year nulls first

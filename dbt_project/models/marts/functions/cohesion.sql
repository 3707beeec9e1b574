-- Answered from the pair counts if they have what is asked; else the votes are counted.
with asked as materialized (
    select
        {{ ref('known_state') }}(of_state) as state,
        {{ ref('known_topic') }}({{ ref('known_scheme') }}(in_scheme, in_topic), in_topic) as topic,
        {{ ref('known_states') }}(partners) as partners,
        {{ ref('known_last_year') }}(from_year, to_year) as last_year,
        {{ ref('known_certainty') }}(in_certainty) as certainty
),

counted as (
    select
        state_a,
        state_b,
        {{ summed_pair_columns() }},
        {{ years_of_shared_votes('year') }}
    from {{ ref('vote_pairs') }}
    where
        -- Not from `asked`: values known before the query runs let it skip other topics.
        scheme = {{ ref('known_scheme') }}(in_scheme, in_topic)
        and topic = lower(in_topic)
        and year between from_year and {{ ref('known_last_year') }}(from_year, to_year)
        and (state_a = (select asked.state from asked) or state_b = (select asked.state from asked))
        and not as_given
        and in_certainty = 0
    group by state_a, state_b
),

-- The pair table has no UNBIS subjects, which are too many, only votes as corrected, and roll calls of any
-- certainty: others are counted on demand.
asked_votes as (
    select
        votes.roll_call_id,
        votes.state,
        votes.year,
        case when as_given then votes.vote_as_given else votes.vote end as vote
    from {{ ref('fct_votes') }} as votes
    inner join {{ ref('dim_roll_calls') }} as roll_calls using (roll_call_id)
    inner join {{ ref('bridge_roll_call_topics') }} as topics using (roll_call_id)
    where
        (lower(in_scheme) = 'unbis' or as_given or in_certainty > 0)
        and topics.certainty >= {{ ref('known_certainty') }}(in_certainty)
        and topics.scheme = {{ ref('known_scheme') }}(in_scheme, in_topic)
        and topics.topic = (select asked.topic from asked)
        and roll_calls.kind = 'resolution'
        and roll_calls.year between from_year and {{ ref('known_last_year') }}(from_year, to_year)
),

asked_roll_calls as (
    select
        roll_call_id,
        count(distinct vote) filter (vote <> 'absent') = 1 as is_unanimous
    from asked_votes
    group by roll_call_id
),

on_demand as (
    select
        focus.state,
        partners.state as partner,
        count(*) filter (focus.vote = 'yes' and partners.vote = 'yes')::integer as yy,
        count(*) filter (focus.vote = 'yes' and partners.vote = 'abstain')::integer as ya,
        count(*) filter (focus.vote = 'yes' and partners.vote = 'no')::integer as yn,
        count(*) filter (focus.vote = 'abstain' and partners.vote = 'yes')::integer as ay,
        count(*) filter (focus.vote = 'abstain' and partners.vote = 'abstain')::integer as aa,
        count(*) filter (focus.vote = 'abstain' and partners.vote = 'no')::integer as an,
        count(*) filter (focus.vote = 'no' and partners.vote = 'yes')::integer as ny,
        count(*) filter (focus.vote = 'no' and partners.vote = 'abstain')::integer as na,
        count(*) filter (focus.vote = 'no' and partners.vote = 'no')::integer as nn,
        count(*) filter (focus.vote <> 'absent' and partners.vote <> 'absent')::integer as n,
        count(*) filter (
            focus.vote <> 'absent' and partners.vote <> 'absent' and roll_calls.is_unanimous
        )::integer as unanimous,
        count(*) filter (focus.vote = 'absent' and partners.vote <> 'absent')::integer as absent_a,
        count(*) filter (focus.vote <> 'absent' and partners.vote = 'absent')::integer as absent_b,
        count(*) filter (focus.vote = 'absent' or partners.vote = 'absent')::integer as absent_either,
        min(focus.year) filter (focus.vote <> 'absent' and partners.vote <> 'absent') as first_year,
        max(focus.year) filter (focus.vote <> 'absent' and partners.vote <> 'absent') as last_year
    from asked_roll_calls as roll_calls
    inner join asked_votes as focus using (roll_call_id)
    inner join asked_votes as partners using (roll_call_id)
    where focus.state = (select asked.state from asked) and partners.state <> focus.state
    group by focus.state, partners.state
),

seen as (
    select * from (
        {{ pairs_in_both_orders('counted', ['first_year', 'last_year']) }}
    )
    where state = (select asked.state from asked)
    union all by name
    select * from on_demand
    union all by name
    -- No row: validates the arguments even if nothing else reads them.
    select
        state,
        topic as partner
    from asked
    where state is null or topic is null or last_year is null or certainty is null
)

select
    seen.state,
    seen.partner,
    asked.topic,
    {{ cohesion_columns() }},
    {{ seat_notes(['seen.state', 'seen.partner'], 'seen.first_year', 'seen.last_year') }} as note
from {{ with_distances('seen') }} as seen
inner join asked on seen.state = asked.state
where asked.partners is null or list_contains(asked.partners, seen.partner)
order by agreement_half desc nulls last, seen.partner asc

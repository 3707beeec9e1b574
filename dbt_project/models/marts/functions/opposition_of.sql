with asked as materialized (
    select
        {{ ref('known_state') }}(focus_state) as focus,
        {{ ref('known_state') }}(first_power) as power_a,
        {{ ref('known_state') }}(second_power) as power_b,
        {{ ref('known_topic') }}({{ ref('scheme_of') }}(in_topic, in_scheme), in_topic) as topic,
        {{ ref('known_sense') }}(in_sense) as sense
),

asked_focus as (
    select focus from asked
),

asked_powers as (
    select
        power_a as power,
        1 as power_rank
    from asked
    union all
    select
        power_b as power,
        2 as power_rank
    from asked
),

votes as (
    select
        votes.roll_call_id,
        votes.year,
        votes.state,
        if(as_given, votes.vote_as_given, votes.vote) as vote
    from {{ ref('fct_votes') }} as votes
    inner join {{ ref('dim_roll_calls') }} as roll_calls using (roll_call_id)
    inner join {{ ref('bridge_roll_call_topics') }} as topics using (roll_call_id)
    where
        votes.state in (focus_state, first_power, second_power)
        and votes.year between from_year and to_year
        and roll_calls.kind = 'resolution'
        and topics.scheme = {{ ref('scheme_of') }}(in_topic, in_scheme)
        and topics.topic = in_topic
),

opposed as (
    {{ opposed_votes() }}
)

select
    asked.focus,
    asked.power_a,
    asked.power_b,
    asked.topic,
    asked.sense,
    counts.* exclude (first_year, last_year),
    {{ seat_notes(
        ['asked.focus', 'asked.power_a', 'asked.power_b'], 'counts.first_year', 'counts.last_year'
    ) }} as note
from asked
cross join (
    select
        {{ opposition_counts() }},
        min(year) as first_year,
        max(year) as last_year
    from opposed
    where sense = in_sense
) as counts

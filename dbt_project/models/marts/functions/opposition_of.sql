with asked as materialized (
    select
        {{ ref('known_state') }}(focus_state) as focus,
        {{ ref('known_state') }}(first_power) as power_a,
        {{ ref('known_state') }}(second_power) as power_b,
        {{ ref('known_topic') }}({{ ref('known_scheme') }}(in_scheme, in_topic), in_topic) as topic,
        {{ ref('known_sense') }}(in_sense) as sense,
        {{ ref('known_last_year') }}(from_year, to_year) as last_year
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
        case when as_given then votes.vote_as_given else votes.vote end as vote
    from {{ ref('fct_votes') }} as votes
    inner join {{ ref('dim_roll_calls') }} as roll_calls using (roll_call_id)
    inner join {{ ref('bridge_roll_call_topics') }} as topics using (roll_call_id)
    where
        votes.state in (select unnest([asked.focus, asked.power_a, asked.power_b]) from asked)
        and votes.year between from_year and {{ ref('known_last_year') }}(from_year, to_year)
        and roll_calls.kind = 'resolution'
        and topics.scheme = {{ ref('known_scheme') }}(in_scheme, in_topic)
        and topics.topic = (select asked.topic from asked)
        and topics.certainty >= {{ ref('known_certainty') }}(in_certainty)
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
    where sense = lower(in_sense)
) as counts
where asked.last_year is not null

with {{ asked_states('focus_states', 'in_powers', years='first_year, last_year') }},

votes as (
    select
        votes.roll_call_id,
        votes.year,
        votes.state,
        votes.vote
    from {{ ref('fct_votes') }} as votes
    inner join {{ ref('dim_roll_calls') }} as roll_calls using (roll_call_id)
    where
        roll_calls.kind = 'resolution'
        and votes.year between coalesce(first_year, 0) and {{ ref('known_last_year') }}(first_year, last_year)
),

opposed as (
    {{ opposed_votes() }}
),

-- Each roll call counts for its year and, as year null, for the whole period.
of_year_and_period as (
    select * replace (unnest([year, null]) as year) from opposed
    where focus <> power_a and focus <> power_b
)

select
    opposed.focus,
    opposed.power_a,
    opposed.rank_a,
    opposed.power_b,
    opposed.rank_b,
    {{ period_label('opposed.year', 'first_year', 'last_year') }} as period,
    opposed.year,
    topics.scheme,
    topics.topic,
    opposed.sense,
    {{ opposition_counts() }},
    coalesce(sum({{ agreement_of_votes('focus_vote', 'vote_a') }}), 0)::double as agreement_with_a,
    coalesce(sum({{ agreement_of_votes('focus_vote', 'vote_b') }}), 0)::double as agreement_with_b
from of_year_and_period as opposed
inner join {{ ref('bridge_roll_call_topics') }} as topics using (roll_call_id)
where topics.scheme = {{ ref('known_study_scheme') }}(in_scheme)
group by
    opposed.focus, opposed.power_a, opposed.rank_a, opposed.power_b, opposed.rank_b, opposed.year,
    topics.scheme, topics.topic, opposed.sense
order by opposed.focus, rank_a, rank_b, sense, topic, year nulls first

with resolutions as (
    select
        roll_call_id,
        year
    from {{ ref('dim_roll_calls') }}
    where kind = 'resolution'
),

votes as (
    select
        votes.roll_call_id,
        votes.state,
        votes.vote
    from {{ ref('fct_votes') }} as votes
    inner join resolutions using (roll_call_id)
),

focus_votes as (
    select * from votes
    where state in ({{ quoted(var('study_focus')) }})
),

power_votes as (
    select * from votes
    where state in ({{ quoted(var('study_powers')) }})
),

senses as (
    select unnest(['strict', 'wide']) as sense
),

opposed as (
    select
        focus_votes.roll_call_id,
        focus_votes.state as focus,
        focus_votes.vote as focus_vote,
        votes_a.state as power_a,
        votes_a.vote as vote_a,
        votes_b.state as power_b,
        votes_b.vote as vote_b,
        senses.sense
    from focus_votes
    inner join power_votes as votes_a
        on focus_votes.roll_call_id = votes_a.roll_call_id and focus_votes.state <> votes_a.state
    inner join power_votes as votes_b
        on
            votes_a.roll_call_id = votes_b.roll_call_id
            and votes_a.state <> votes_b.state
            and focus_votes.state <> votes_b.state
    inner join senses on {{ are_opposed('votes_a.vote', 'votes_b.vote', 'senses.sense') }}
)

select
    opposed.focus,
    opposed.power_a,
    opposed.power_b,
    resolutions.year,
    topics.scheme,
    topics.topic,
    opposed.sense,
    {{ opposition_counts() }}
from opposed
inner join resolutions using (roll_call_id)
inner join {{ ref('bridge_roll_call_topics') }} as topics using (roll_call_id)
where topics.scheme in ('voeten', 'study')
group by all
order by
    opposed.focus,
    opposed.power_a,
    opposed.power_b,
    resolutions.year,
    topics.scheme,
    topics.topic,
    opposed.sense

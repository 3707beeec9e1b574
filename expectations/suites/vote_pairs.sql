-- One row per year, scheme and topic. The pairs of a roll call can be counted without pairing: of y yes and a
-- abstentions, y * (y - 1) / 2 pairs agree on yes and y * a have one of each.
with roll_calls as (
    select
        votes.roll_call_id,
        year(roll_calls.vote_date) as year,
        count(*) filter (votes.vote = 'yes') as y,
        count(*) filter (votes.vote = 'abstain') as a,
        count(*) filter (votes.vote = 'no') as n
    from marts.fct_votes as votes
    inner join marts.dim_roll_calls as roll_calls using (roll_call_id)
    where roll_calls.kind = 'resolution'
    group by all
),

expected as (
    select
        roll_calls.year,
        topics.scheme,
        topics.topic,
        [
            sum(y * (y - 1) // 2), sum(a * (a - 1) // 2), sum(n * (n - 1) // 2),
            sum(y * a), sum(y * n), sum(a * n),
        ] as pairs
    from roll_calls
    inner join marts.bridge_roll_call_topics as topics using (roll_call_id)
    where topics.scheme in ('voeten', 'study')
    group by all
),

found as (
    select
        year,
        scheme,
        topic,
        [sum(yy), sum(aa), sum(nn), sum(ya + ay), sum(yn + ny), sum(an + na)] as pairs
    from marts.vote_pairs
    group by all
)

select
    year,
    scheme,
    topic,
    coalesce(array_to_string(found.pairs, '/'), 'none') as pairs_found,
    coalesce(array_to_string(expected.pairs, '/'), 'none') as pairs_of_the_votes
from expected
full outer join found using (year, scheme, topic)
order by year, scheme, topic

with votes as (
    select
        group_code,
        roll_call_id,
        state,
        vote,
        {{ plurality_vote() }} as plurality
    from {{ ref('int_group_votes') }}
)

select
    votes.group_code,
    votes.state as member,
    topics.year,
    topics.scheme,
    topics.topic,
    count(*)::integer as n,
    avg((votes.vote <> votes.plurality)::integer) as against_plurality_share,
    avg(abs({{ vote_position('votes.vote') }} - {{ vote_position('votes.plurality') }})) as mean_distance
from votes
inner join {{ ref('int_resolution_topics') }} as topics using (roll_call_id)
where votes.plurality is not null
group by all
order by votes.group_code, member, topics.year, topics.scheme, topics.topic

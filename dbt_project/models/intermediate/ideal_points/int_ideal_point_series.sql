with by_roll_call as (
    select
        roll_call_id,
        count(*) as votes,
        md5(string_agg(state || vote, ',' order by state)) as votes_key
    from {{ ref('int_votes_of_members') }}
    where vote in ('yes', 'no', 'abstain')
    group by roll_call_id
)

select
    entering.series,
    count(*)::integer as roll_calls,
    sum(by_roll_call.votes)::integer as votes,
    max(entering.vote_date) as data_through,
    md5(string_agg(
        concat_ws(' ', entering.roll_call_id, entering.session, entering.item, by_roll_call.votes_key),
        ',' order by entering.roll_call_id
    )) as votes_key
from {{ ref('int_ideal_point_roll_calls') }} as entering
inner join by_roll_call using (roll_call_id)
group by entering.series
order by entering.series

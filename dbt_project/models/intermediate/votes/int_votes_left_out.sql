-- Votes that are listed but omitted, or counted once instead of several times: the permitted difference
-- from the count of the files.
with two_votes as (
    select
        source,
        source_key,
        state
    from {{ ref('int_listed_votes') }}
    where state is not null
    group by source, source_key, state
    having count(*) > 1
)

select
    listed.source,
    listed.source_key,
    listed.state,
    listed.unknown_name,
    listed.vote,
    case
        when listed.state is null then 'name not known'
        when two_votes.state is not null then 'two votes of a state'
        else 'state named twice'
    end as rule,
    if(
        listed.state is null or two_votes.state is not null, listed.times_named, listed.times_named - 1
    )::integer as votes
from {{ ref('int_listed_votes') }} as listed
left join two_votes
    on
        listed.source = two_votes.source
        and listed.source_key = two_votes.source_key
        and listed.state = two_votes.state
where listed.state is null or two_votes.state is not null or listed.times_named > 1

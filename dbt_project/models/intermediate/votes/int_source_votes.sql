-- Votes as each source gives them. A vote under an unknown name or code, and the votes of a state that a
-- source lists with two different ones, are left out and listed as doubts. An absence under the code of a
-- government that had no seat yet means nothing.
select
    listed.source,
    listed.source_key,
    listed.state,
    listed.vote
from {{ ref('int_listed_votes') }} as listed
left join {{ ref('int_votes_left_out') }} as left_out
    on
        listed.source = left_out.source
        and listed.source_key = left_out.source_key
        and listed.state = left_out.state
        and listed.vote = left_out.vote
        and left_out.rule = 'two votes of a state'
where listed.state is not null and left_out.state is null

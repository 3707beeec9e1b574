with key_votes as (
    select * from {{ ref('key_votes_seed') }}
    where assembly = {{ assembly() }}
),

roll_calls as (
    select * from {{ ref('dim_roll_calls') }}
    where kind = 'resolution'
)

select
    key_votes.list,
    key_votes.symbol,
    roll_calls.roll_call_id,
    roll_calls.vote_date,
    key_votes.conflict,
    key_votes.title,
    votes.state,
    votes.vote,
    key_votes.yes,
    key_votes.no,
    key_votes.abstain,
    key_votes.yes = roll_calls.yes_counted
    and key_votes.no = roll_calls.no_counted
    and key_votes.abstain = roll_calls.abstain_counted as totals_agree
from key_votes
inner join roll_calls using (symbol)
inner join {{ ref('fct_votes') }} as votes using (roll_call_id)
order by key_votes.list, roll_calls.vote_date, key_votes.symbol, votes.state

with {{ asked_states('focus_states', 'in_powers', years='first_year, last_year') }},

key_votes as (
    select * from {{ ref('key_votes') }}
    where
        year(vote_date) between coalesce(first_year, 0)
        and {{ ref('known_last_year') }}(first_year, last_year)
),

-- The power that the key votes are about is always one of the powers, last if it was not asked for.
powers as (
    select
        power,
        power_rank
    from asked_powers
    union all
    select
        {{ involved_power() }} as power,
        coalesce((select max(power_rank) from asked_powers), 0)::integer + 1 as power_rank
    where {{ involved_power() }} not in (select asked_powers.power from asked_powers)
)

select
    focus_votes.state as focus,
    powers.power,
    powers.power_rank,
    focus_votes.list,
    focus_votes.symbol,
    focus_votes.conflict,
    focus_votes.title,
    focus_votes.vote_date,
    year(focus_votes.vote_date)::integer as year,
    focus_votes.vote as focus_vote,
    power_votes.vote as power_vote,
    case
        when power_votes.vote = 'absent' then null
        when focus_votes.vote = 'absent' then 'absent'
        when focus_votes.vote = power_votes.vote then 'with'
        when focus_votes.vote = 'abstain' or power_votes.vote = 'abstain' then 'aside'
        else 'against'
    end as stance
from key_votes as focus_votes
inner join asked_focus on focus_votes.state = asked_focus.focus
inner join key_votes as power_votes
    on
        focus_votes.list = power_votes.list
        and focus_votes.symbol = power_votes.symbol
        and focus_votes.state <> power_votes.state
inner join powers on power_votes.state = powers.power
order by focus, focus_votes.list, focus_votes.vote_date, focus_votes.symbol, powers.power_rank

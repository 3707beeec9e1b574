{#-
How a focus state voted when two powers opposed each other.

`opposed_votes`: one row per roll call, focus state, pair of powers and sense in which their votes were opposed.
Expects the CTEs `votes` (roll_call_id, year, state, vote; for the roll calls in question), `asked_focus` (focus)
and `asked_powers` (power, power_rank); `power_a` is the one of lower rank.
`opposition_counts`: their counts, per group of the given columns.
Strict: yes against no. Wide: any two different votes cast, abstention included.
-#}
{% macro opposed_votes() -%}
    with power_votes as (
        select
            votes.*,
            asked_powers.power_rank
        from votes
        inner join asked_powers on votes.state = asked_powers.power
    )

    select
        focus_votes.roll_call_id,
        focus_votes.year,
        focus_votes.state as focus,
        focus_votes.vote as focus_vote,
        votes_a.state as power_a,
        votes_a.power_rank as rank_a,
        votes_a.vote as vote_a,
        votes_b.state as power_b,
        votes_b.power_rank as rank_b,
        votes_b.vote as vote_b,
        senses.sense
    from votes as focus_votes
    inner join asked_focus on focus_votes.state = asked_focus.focus
    inner join power_votes as votes_a on focus_votes.roll_call_id = votes_a.roll_call_id
    inner join power_votes as votes_b
        on votes_a.roll_call_id = votes_b.roll_call_id and votes_a.power_rank < votes_b.power_rank
    inner join (values ('strict'), ('wide')) as senses (sense)
        on {{ are_opposed('votes_a.vote', 'votes_b.vote', 'senses.sense') }}
{%- endmacro %}

{% macro opposition_counts() -%}
    count(*)::integer as n,
    count(*) filter (focus_vote = vote_a)::integer as with_a,
    count(*) filter (focus_vote = vote_b)::integer as with_b,
    count(*) filter (focus_vote <> 'absent' and focus_vote <> vote_a and focus_vote <> vote_b)::integer as neither,
    count(*) filter (focus_vote = 'absent')::integer as absent
{%- endmacro %}

{#- True where two cast votes oppose each other in the given sense. -#}
{% macro are_opposed(vote_a, vote_b, sense) -%}
    (
        {{ vote_a }} in ('yes', 'no', 'abstain')
        and {{ vote_b }} in ('yes', 'no', 'abstain')
        and {{ vote_a }} <> {{ vote_b }}
        and ({{ sense }} = 'wide' or ({{ vote_a }} <> 'abstain' and {{ vote_b }} <> 'abstain'))
    )
{%- endmacro %}

{#-
How a focus state voted where two powers opposed each other, per group of the columns named.

Expects in scope columns focus_vote, vote_a, vote_b, sense. Strict: yes against no. Wide: any two different
votes cast, abstention included.
-#}
{% macro opposition_counts() -%}
    count(*)::integer as n,
    count(*) filter (focus_vote = vote_a)::integer as with_a,
    count(*) filter (focus_vote = vote_b)::integer as with_b,
    count(*) filter (focus_vote <> 'absent' and focus_vote <> vote_a and focus_vote <> vote_b)::integer as neither,
    count(*) filter (focus_vote = 'absent')::integer as absent
{%- endmacro %}

{#- True where two cast votes oppose each other in the sense given. -#}
{% macro are_opposed(vote_a, vote_b, sense) -%}
    (
        {{ vote_a }} in ('yes', 'no', 'abstain')
        and {{ vote_b }} in ('yes', 'no', 'abstain')
        and {{ vote_a }} <> {{ vote_b }}
        and ({{ sense }} = 'wide' or ({{ vote_a }} <> 'abstain' and {{ vote_b }} <> 'abstain'))
    )
{%- endmacro %}

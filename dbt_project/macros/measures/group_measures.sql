{#-
The measures of a group's cohesion on one roll call, each defined once.

Belongs here: arithmetic over the columns yes_votes, no_votes and abstain_votes (how many members cast
which vote; absences do not count), and over a member's vote, which must be in scope by these names. Not
here: who is a member (group_positions), averages over roll calls (the marts).
-#}

{#- Members that cast a vote: Y + N + A. -#}
{% macro group_votes_cast() -%} (yes_votes + no_votes + abstain_votes) {%- endmacro %}

{#- The largest of the three camps: max(Y, N, A). -#}
{% macro group_largest_camp() -%} greatest(yes_votes, no_votes, abstain_votes) {%- endmacro %}

{#- Agreement Index (Hix, Noury and Roland 2005, Power to the Parties, BJPS 35(2)), with T = Y + N + A:
    (max(Y, N, A) - (T - max(Y, N, A)) / 2) / T. 1 where all voted alike, 0 where the three camps are equal. -#}
{% macro agreement_index() -%}
    ({{ group_largest_camp() }} - ({{ group_votes_cast() }} - {{ group_largest_camp() }}) / 2)
    / nullif({{ group_votes_cast() }}, 0)
{%- endmacro %}

{#- Rice index (Rice 1928, Quantitative Methods in Politics): |Y - N| / (Y + N). Abstentions are left out;
    null where all abstained. -#}
{% macro rice_index() -%}
    abs(yes_votes - no_votes) / nullif(yes_votes + no_votes, 0)
{%- endmacro %}

{#- Whether all voting members cast the same vote: max(Y, N, A) = Y + N + A. -#}
{% macro is_unanimous() -%}
    ({{ group_largest_camp() }} = {{ group_votes_cast() }})
{%- endmacro %}

{#- The most common vote; null if two are tied, since the group has no plurality then. -#}
{% macro plurality_vote() -%}
    case
        when yes_votes > greatest(no_votes, abstain_votes) then 'yes'
        when no_votes > greatest(yes_votes, abstain_votes) then 'no'
        when abstain_votes > greatest(yes_votes, no_votes) then 'abstain'
    end
{%- endmacro %}

{#- A vote on the scale yes = 1, abstain = 0, no = -1. -#}
{% macro vote_position(vote) -%}
    case {{ vote }} when 'yes' then 1 when 'abstain' then 0 when 'no' then -1 end
{%- endmacro %}

{#- Agreement of two cast votes, an abstention as half: 1, 0.5 or 0; null where one is absent. -#}
{% macro agreement_of_votes(vote, other) -%}
    case
        when {{ vote }} = 'absent' or {{ other }} = 'absent' then null
        when {{ vote }} = {{ other }} then 1.0
        when {{ vote }} = 'abstain' or {{ other }} = 'abstain' then 0.5
        else 0.0
    end
{%- endmacro %}

{#-
The study's questions, each written once: as a mart for the configured focus states, powers and years, and
as a table macro of the published file for any others.

Belongs here: the SQL of study_cohesion, study_opposition, study_key_votes and study_findings, with the
question as arguments (SQL expressions: lists of states, years, a scheme). Not here: formulas of measures
(measures.sql), what opposing means (opposition_counts.sql), which resolutions are key votes (a seed).
`checked`: true in the table macros, where an unknown state is an error that names the nearest ones.
-#}

{#- The question that the dbt variables ask. -#}
{% macro study_question() -%}
    {%- do return({
        'focus': '[' ~ quoted(var('study_focus')) ~ ']::varchar[]',
        'powers': '[' ~ quoted(var('study_powers')) ~ ']::varchar[]',
        'from_year': var('study_from'),
        'to_year': var('study_to'),
        'scheme': "'study'",
    }) -%}
{%- endmacro %}

{#- The CTEs `asked_focus` and `asked_powers`; a power's rank is its place in the list. -#}
{% macro asked_states(question, checked) -%}
asked_focus as materialized (
    select distinct {{ 'marts.known_state(code)' if checked else 'code' }} as focus
    from (select unnest({{ question.focus }}) as code)
),

asked_powers as materialized (
    select
        {{ 'marts.known_state(code)' if checked else 'code' }} as power,
        min(place)::integer as power_rank
    from (select unnest({{ question.powers }}) as code, generate_subscripts({{ question.powers }}, 1) as place)
    group by all
)
{%- endmacro %}

{#- The name of a row's period: its year, or the whole span of years asked about. -#}
{% macro period_label(year, question) -%}
    coalesce({{ year }}::varchar, ({{ question.from_year }})::varchar || '-' || ({{ question.to_year }})::varchar)
{%- endmacro %}

{% macro study_cohesion_sql(question, checked=false) -%}
with {{ asked_states(question, checked) }},

pairs as (
    select * from {{ ref('vote_pairs') }}
    where scheme = {{ question.scheme }} and year between {{ question.from_year }} and {{ question.to_year }}
),

seen_from_focus as (
    select
        state_a as focus, state_b as power, year, scheme, topic,
        {{ pair_columns() }}
    from pairs
    where state_a in (select asked_focus.focus from asked_focus)
    union all
    select
        state_b, state_a, year, scheme, topic,
        {{ turned_pair_columns() }}
    from pairs
    where state_b in (select asked_focus.focus from asked_focus)
),

-- Each row counts for its year and, as year null, for the whole period.
of_year_and_period as (
    select
        seen_from_focus.* exclude (year),
        year as vote_year,
        unnest([year, null]) as year
    from seen_from_focus
),

summed as (
    select
        focus,
        power,
        power_rank,
        year,
        scheme,
        topic,
        {{ summed_pair_columns() }},
        {{ years_of_shared_votes('vote_year') }}
    from of_year_and_period
    inner join asked_powers using (power)
    group by focus, power, power_rank, year, scheme, topic
)

select
    focus,
    power,
    power_rank,
    {{ period_label('year', question) }} as period,
    year,
    scheme,
    topic,
    {{ cohesion_columns() }},
    {{ seat_notes(['summed.focus', 'summed.power'], 'summed.first_year', 'summed.last_year') }} as note
from summed
order by focus, power_rank, topic, year nulls first
{%- endmacro %}

{#- How far two cast votes agree, abstention as half: 1, 0.5 or 0; null where one is absent. -#}
{% macro agreement_of_votes(vote, other) -%}
    case
        when {{ vote }} = 'absent' or {{ other }} = 'absent' then null
        when {{ vote }} = {{ other }} then 1.0
        when {{ vote }} = 'abstain' or {{ other }} = 'abstain' then 0.5
        else 0.0
    end
{%- endmacro %}

{% macro study_opposition_sql(question, checked=false) -%}
with {{ asked_states(question, checked) }},

votes as (
    select
        votes.roll_call_id,
        votes.year,
        votes.state,
        votes.vote
    from {{ ref('fct_votes') }} as votes
    inner join {{ ref('dim_roll_calls') }} as roll_calls using (roll_call_id)
    where roll_calls.kind = 'resolution' and votes.year between {{ question.from_year }} and {{ question.to_year }}
),

power_votes as (
    select
        votes.*,
        asked_powers.power_rank
    from votes
    inner join asked_powers on votes.state = asked_powers.power
),

senses as (
    select unnest(['strict', 'wide']) as sense
),

-- Each roll call counts for its year and, as year null, for the whole period.
opposed as (
    select
        focus_votes.roll_call_id,
        unnest([focus_votes.year, null]) as year,
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
    inner join power_votes as votes_a
        on focus_votes.roll_call_id = votes_a.roll_call_id and focus_votes.state <> votes_a.state
    inner join power_votes as votes_b
        on
            votes_a.roll_call_id = votes_b.roll_call_id
            and votes_a.power_rank < votes_b.power_rank
            and focus_votes.state <> votes_b.state
    inner join senses on {{ are_opposed('votes_a.vote', 'votes_b.vote', 'senses.sense') }}
)

select
    opposed.focus,
    opposed.power_a,
    opposed.rank_a,
    opposed.power_b,
    opposed.rank_b,
    {{ period_label('opposed.year', question) }} as period,
    opposed.year,
    topics.scheme,
    topics.topic,
    opposed.sense,
    {{ opposition_counts() }},
    coalesce(sum({{ agreement_of_votes('focus_vote', 'vote_a') }}), 0)::double as agreement_with_a,
    coalesce(sum({{ agreement_of_votes('focus_vote', 'vote_b') }}), 0)::double as agreement_with_b
from opposed
inner join {{ ref('bridge_roll_call_topics') }} as topics using (roll_call_id)
where topics.scheme = {{ question.scheme }}
group by
    opposed.focus, opposed.power_a, opposed.rank_a, opposed.power_b, opposed.rank_b, opposed.year,
    topics.scheme, topics.topic, opposed.sense
order by opposed.focus, rank_a, rank_b, sense, topic, year nulls first
{%- endmacro %}

{#- The power whose armed conflicts the third finding is about, and the list of key votes on them. -#}
{% macro involved_power() -%} 'RUS' {%- endmacro %}
{% macro involved_list() -%} 'russia_conflicts' {%- endmacro %}

{% macro study_key_votes_sql(question, checked=false) -%}
with {{ asked_states(question, checked) }},

key_votes as (
    select * from {{ ref('key_votes') }}
    where year(vote_date) between {{ question.from_year }} and {{ question.to_year }}
),

-- The power that the key votes are about is always one of the powers, last where it was not asked about.
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
order by focus, list, vote_date, symbol, power_rank
{%- endmacro %}

{#-
The three findings, from the tables of the three questions above.

Every convention asks how close the focus state is to a power: the same vote (agreement_strict), abstention
as half of it (agreement_half), no yes against its no (opposition_strict), no other vote than its own
(opposition_wide, which is 1 - agreement_strict, so that R1 and R2 come out alike under these two).
-#}
{% macro study_findings_sql(question, cohesion, opposition, key_votes, checked=false) -%}
with {{ asked_states(question, checked) }},

-- R1: a value for each power; the larger the closeness the closer.
closeness as (
    select
        cohesion.*,
        per_convention.convention,
        per_convention.shown,
        if(per_convention.convention like 'opposition%', -per_convention.shown, per_convention.shown) as closeness
    from {{ cohesion }} as cohesion
    cross join lateral (
        select
            unnest(['agreement_strict', 'agreement_half', 'opposition_strict', 'opposition_wide']) as convention,
            unnest([agreement_strict, agreement_half, opposition_share, 1 - agreement_strict]) as shown
    ) as per_convention
),

in_order as (
    select
        *,
        lag(closeness) over (alike order by closeness desc nulls last, power_rank) as next_closer,
        lag(closeness) over (alike order by power_rank) as ranked_before
    from closeness
    window alike as (partition by focus, period, scheme, topic, convention)
),

powers_of_focus as (
    select
        asked_focus.focus,
        count(*) as powers
    from asked_focus
    inner join asked_powers on asked_focus.focus <> asked_powers.power
    group by all
),

first_finding as (
    select
        'R1' as finding,
        convention,
        focus,
        period,
        year,
        scheme,
        topic,
        case
            when count(shown) >= 2 and count(shown) = any_value(powers_of_focus.powers)
                then bool_and(closeness < ranked_before)
        end as holds,
        min(n) as n,
        string_agg(
            case
                when shown is null then ''
                when next_closer is null then ''
                when next_closer = closeness then ' = '
                when convention like 'opposition%' then ' < '
                else ' > '
            end || if(shown is null, '', power || ' ' || format('{:.3f}', shown)),
            '' order by closeness desc nulls last, power_rank
        ) || coalesce(
            '; too few votes: '
            || string_agg(power || ' (n ' || n || ')', ', ' order by power_rank) filter (shown is null),
            ''
        ) as figures
    from in_order
    inner join powers_of_focus using (focus)
    group by focus, period, year, scheme, topic, convention
),

-- R2: the first power against each of the others, where the two opposed each other.
first_powers as (
    select
        asked_focus.focus,
        arg_min(asked_powers.power, asked_powers.power_rank) as power_a
    from asked_focus
    inner join asked_powers on asked_focus.focus <> asked_powers.power
    group by all
),

sides as (
    select
        opposition.*,
        per_convention.convention,
        per_convention.with_first,
        per_convention.with_other
    from {{ opposition }} as opposition
    inner join first_powers using (focus, power_a)
    cross join lateral (
        select
            unnest(['agreement_strict', 'agreement_half', 'opposition_strict', 'opposition_wide']) as convention,
            unnest(['wide', 'wide', 'strict', 'wide']) as of_sense,
            unnest([with_a, agreement_with_a, with_a, with_a]) as with_first,
            unnest([with_b, agreement_with_b, with_b, with_b]) as with_other
    ) as per_convention
    where per_convention.of_sense = opposition.sense
),

second_finding as (
    select
        'R2' as finding,
        convention,
        focus,
        period,
        year,
        scheme,
        topic,
        bool_and(with_first > with_other) filter (n >= {{ var('minimum_n') }}) as holds,
        coalesce(min(n) filter (n >= {{ var('minimum_n') }}), min(n)) as n,
        string_agg(
            power_a || ' ' || format('{:g}', with_first) || ', ' || power_b || ' ' || format('{:g}', with_other)
            || ' of ' || n || if(n < {{ var('minimum_n') }}, ' (too few)', ''),
            '; ' order by rank_b
        ) as figures
    from sides
    group by focus, period, year, scheme, topic, convention
),

-- R3: the key votes on armed conflicts that involve one power.
involved_votes as (
    select
        focus,
        stance,
        unnest([year, null]) as year
    from {{ key_votes }}
    where power = {{ involved_power() }} and list = {{ involved_list() }} and stance is not null
),

stances as (
    select
        focus,
        {{ period_label('year', question) }} as period,
        year,
        count(*)::integer as n,
        count(*) filter (stance = 'with') as sided,
        count(*) filter (stance = 'against') as opposed,
        count(*) filter (stance = 'aside') as aside,
        count(*) filter (stance = 'absent') as absent
    from involved_votes
    group by focus, year
),

third_finding as (
    select
        'R3' as finding,
        per_convention.convention,
        focus,
        period,
        year,
        {{ question.scheme }} as scheme,
        'all' as topic,
        if(n >= {{ var('minimum_n') }}, per_convention.holds, null) as holds,
        n,
        'with ' || {{ involved_power() }} || ' ' || sided || ', against ' || opposed || ', aside ' || aside
        || ', absent ' || absent || ' of ' || n as figures
    from stances
    cross join lateral (
        select
            unnest(['agreement_strict', 'agreement_half', 'opposition_strict', 'opposition_wide']) as convention,
            unnest([
                2 * sided < n - absent,
                sided < opposed,
                sided < opposed + aside + absent,
                sided < opposed + aside
            ]) as holds
    ) as per_convention
)

select * from first_finding
union all
select * from second_finding
union all
select * from third_finding
order by focus, finding, topic <> 'all', topic, year nulls first, convention
{%- endmacro %}

{#- The same as table macros, with the question as arguments. Created once the marts they read are there. -#}
{% macro create_study_macros() -%}
{%- set question = {
    'focus': 'focus_states', 'powers': 'in_powers', 'from_year': 'first_year', 'to_year': 'last_year',
    'scheme': 'in_scheme',
} -%}
{%- set parameters = "(focus_states, in_powers, first_year, last_year, in_scheme := 'study')" -%}
{%- set arguments = "(focus_states, in_powers, first_year, last_year, in_scheme)" -%}
create or replace macro marts.study_cohesion_of{{ parameters }} as table
{{ study_cohesion_sql(question, checked=true) }};

create or replace macro marts.study_opposition_of{{ parameters }} as table
{{ study_opposition_sql(question, checked=true) }};

create or replace macro marts.study_key_votes_of{{ parameters }} as table
{{ study_key_votes_sql(question, checked=true) }};

create or replace macro marts.study_findings_of{{ parameters }} as table
{{ study_findings_sql(
    question,
    'marts.study_cohesion_of' ~ arguments,
    'marts.study_opposition_of' ~ arguments,
    'marts.study_key_votes_of' ~ arguments,
    checked=true,
) }};
{%- endmacro %}

{#-
The table macros that users call in the published file: questions with arguments, answered from counts.

Belongs here: the macros' SQL, arguments checked and bound. Not here: formulas (measures.sql), marts.
The last mart of a build creates them (a post-hook), once the tables they read are there.
`as_given := true` asks for the votes as their source has them, without corrections.
An unknown state, topic or sense is an error that names the nearest valid ones, never an empty answer.
-#}
{% macro create_table_macros() -%}

create or replace macro marts.known_state(code) as (
    case
        when code is null or code in (select state from marts.dim_member_states) then code
        else error(
            'unknown state ''' || code || ''': did you mean ' || (
                select string_agg(state || ' (' || name || ')', ', ' order by closeness desc, state)
                from (
                    select
                        state,
                        any_value(name) as name,
                        max(greatest(
                            jaro_winkler_similarity(upper(code), state),
                            jaro_winkler_similarity(upper(code), upper(name))
                        )) as closeness
                    from marts.dim_member_states
                    group by state
                    order by closeness desc, state
                    limit 3
                )
            ) || '? States are ISO 3166-1 alpha-3 codes: see marts.dim_member_states.'
        )
    end
);

create or replace macro marts.known_topic(in_scheme, code) as (
    case
        when exists (select 1 from marts.dim_topics where scheme = in_scheme and topic = code) then code
        else error(
            'unknown topic ''' || coalesce(code, 'null') || ''' in scheme ''' || coalesce(in_scheme, 'null')
            || ''': did you mean ' || coalesce((
                select string_agg(topic, ', ' order by closeness desc, topic)
                from (
                    select topic, jaro_winkler_similarity(lower(code), topic) as closeness
                    from marts.dim_topics
                    where scheme = in_scheme
                    order by closeness desc, topic
                    limit 3
                )
            ), 'one of the schemes voeten, study, unbis') || '? See marts.dim_topics.'
        )
    end
);

create or replace macro marts.scheme_of(in_topic, in_scheme) as (
    coalesce(
        in_scheme,
        case when in_topic in ('me', 'nu', 'di', 'hr', 'co', 'ec', 'none') then 'voeten' else 'study' end
    )
);

create or replace macro marts.known_sense(code) as (
    case
        when code in ('strict', 'wide') then code
        else error('unknown sense ''' || coalesce(code, 'null') || ''': it is strict or wide')
    end
);

create or replace macro marts.cohesion(
    of_state, partners := null::varchar[], from_year := 1946, to_year := 9999,
    in_topic := 'all', in_scheme := null::varchar, as_given := false
) as table
with asked as materialized (
    select
        marts.known_state(of_state) as state,
        marts.known_topic(marts.scheme_of(in_topic, in_scheme), in_topic) as topic,
        (select list(marts.known_state(code)) from unnest(partners) as listed (code)) as partners
),

summed as (
    select
        state_a,
        state_b,
        {{ summed_pair_columns() }},
        {{ years_of_shared_votes('year') }}
    from marts.vote_pairs
    where
        scheme = marts.scheme_of(in_topic, in_scheme)
        and topic = in_topic
        and year between from_year and to_year
        and (state_a = of_state or state_b = of_state)
        and not as_given
    group by state_a, state_b
),

-- UNBIS subjects are too many for the pair table, and it holds the votes as corrected: these are counted when
-- asked for.
asked_votes as (
    select
        votes.roll_call_id,
        votes.state,
        votes.year,
        if(as_given, votes.vote_as_given, votes.vote) as vote
    from marts.fct_votes as votes
    inner join marts.dim_roll_calls as roll_calls using (roll_call_id)
    inner join marts.bridge_roll_call_topics as topics using (roll_call_id)
    where
        (in_scheme = 'unbis' or as_given)
        and topics.scheme = marts.scheme_of(in_topic, in_scheme)
        and topics.topic = in_topic
        and roll_calls.kind = 'resolution'
        and roll_calls.year between from_year and to_year
),

asked_roll_calls as (
    select roll_call_id, count(distinct vote) filter (vote <> 'absent') = 1 as is_unanimous
    from asked_votes
    group by roll_call_id
),

on_demand as (
    select
        of_state as state,
        partners.state as partner,
        count(*) filter (focus.vote = 'yes' and partners.vote = 'yes')::integer as yy,
        count(*) filter (focus.vote = 'yes' and partners.vote = 'abstain')::integer as ya,
        count(*) filter (focus.vote = 'yes' and partners.vote = 'no')::integer as yn,
        count(*) filter (focus.vote = 'abstain' and partners.vote = 'yes')::integer as ay,
        count(*) filter (focus.vote = 'abstain' and partners.vote = 'abstain')::integer as aa,
        count(*) filter (focus.vote = 'abstain' and partners.vote = 'no')::integer as an,
        count(*) filter (focus.vote = 'no' and partners.vote = 'yes')::integer as ny,
        count(*) filter (focus.vote = 'no' and partners.vote = 'abstain')::integer as na,
        count(*) filter (focus.vote = 'no' and partners.vote = 'no')::integer as nn,
        count(*) filter (focus.vote <> 'absent' and partners.vote <> 'absent')::integer as n,
        count(*) filter (
            focus.vote <> 'absent' and partners.vote <> 'absent' and roll_calls.is_unanimous
        )::integer as unanimous,
        count(*) filter (focus.vote = 'absent' and partners.vote <> 'absent')::integer as absent_a,
        count(*) filter (focus.vote <> 'absent' and partners.vote = 'absent')::integer as absent_b,
        count(*) filter (focus.vote = 'absent' or partners.vote = 'absent')::integer as absent_either,
        min(focus.year) filter (focus.vote <> 'absent' and partners.vote <> 'absent') as first_year,
        max(focus.year) filter (focus.vote <> 'absent' and partners.vote <> 'absent') as last_year
    from asked_roll_calls as roll_calls
    inner join asked_votes as focus using (roll_call_id)
    inner join asked_votes as partners using (roll_call_id)
    where focus.state = of_state and partners.state <> of_state
    group by partners.state
),

seen as (
    select
        state_a as state, state_b as partner, {{ pair_columns() }}, first_year, last_year
    from summed
    where state_a = of_state
    union all
    select
        state_b, state_a, {{ turned_pair_columns() }}, first_year, last_year
    from summed
    where state_b = of_state
    union all
    select * from on_demand
)

select
    seen.state,
    seen.partner,
    asked.topic,
    {{ cohesion_columns() }},
    {{ seat_notes(['seen.state', 'seen.partner'], 'seen.first_year', 'seen.last_year') }} as note
from seen
inner join asked on asked.state = seen.state
where asked.partners is null or list_contains(asked.partners, seen.partner)
order by agreement_half desc nulls last, seen.partner;

create or replace macro marts.opposition_of(
    focus_state, first_power, second_power, from_year := 1946, to_year := 9999,
    in_topic := 'all', in_sense := 'strict', in_scheme := null::varchar, as_given := false
) as table
with asked as materialized (
    select
        marts.known_state(focus_state) as focus,
        marts.known_state(first_power) as power_a,
        marts.known_state(second_power) as power_b,
        marts.known_topic(marts.scheme_of(in_topic, in_scheme), in_topic) as topic,
        marts.known_sense(in_sense) as sense
),

opposed as (
    select
        votes.roll_call_id,
        any_value(votes.year) as year,
        max(if(as_given, votes.vote_as_given, votes.vote)) filter (votes.state = focus_state) as focus_vote,
        max(if(as_given, votes.vote_as_given, votes.vote)) filter (votes.state = first_power) as vote_a,
        max(if(as_given, votes.vote_as_given, votes.vote)) filter (votes.state = second_power) as vote_b
    from marts.fct_votes as votes
    inner join marts.dim_roll_calls as roll_calls using (roll_call_id)
    inner join marts.bridge_roll_call_topics as topics using (roll_call_id)
    where
        votes.state in (focus_state, first_power, second_power)
        and votes.year between from_year and to_year
        and roll_calls.kind = 'resolution'
        and topics.scheme = marts.scheme_of(in_topic, in_scheme)
        and topics.topic = in_topic
    group by votes.roll_call_id
)

select
    asked.focus,
    asked.power_a,
    asked.power_b,
    asked.topic,
    asked.sense,
    counts.* exclude (first_year, last_year),
    {{ seat_notes(
        ['asked.focus', 'asked.power_a', 'asked.power_b'], 'counts.first_year', 'counts.last_year'
    ) }} as note
from asked
cross join (
    select
        {{ opposition_counts() }},
        min(year) as first_year,
        max(year) as last_year
    from opposed
    where focus_vote is not null and {{ are_opposed('vote_a', 'vote_b', 'in_sense') }}
) as counts;
{%- endmacro %}

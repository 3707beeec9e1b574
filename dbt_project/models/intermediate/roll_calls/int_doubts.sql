-- What looks wrong in a source, by rule. Not about errors of the warehouse itself, which block a build.
with roll_calls as (
    select
        found.*,
        ids.roll_call_id,
        ids.matched_by
    from {{ ref('int_source_roll_calls') }} as found
    inner join {{ ref('int_roll_call_ids') }} as ids using (source, source_key)
),

counted as (
    select
        source,
        source_key,
        count(*) filter (vote = 'yes') as yes,
        count(*) filter (vote = 'no') as no,
        count(*) filter (vote = 'abstain') as abstain
    from {{ ref('int_source_votes') }}
    group by all
),

totals as (
    select
        roll_calls.*,
        coalesce(counted.yes, 0) as yes,
        coalesce(counted.no, 0) as no,
        coalesce(counted.abstain, 0) as abstain
    from roll_calls
    left join counted using (source, source_key)
),

sessions as (
    select * from {{ ref('int_assembly_sessions') }}
),

differing as (
    select
        roll_call_id,
        source_b,
        state,
        string_agg(distinct source_a || ' ' || vote_a, ', ')
        || ', ' || source_b || ' ' || any_value(vote_b) as says
    from {{ ref('int_source_vote_comparison') }}
    where vote_a <> vote_b
    group by roll_call_id, source_b, state
),

corrections as (
    select
        corrections.* replace (coalesce(corrections.given, 'none') as given),
        coalesce(
            case corrections.field
                when 'symbol' then records.symbol_as_given
                when 'session' then records.session_as_given
                else records.date_as_given::varchar
            end,
            'none'
        ) as found
    from {{ ref('roll_call_corrections') }} as corrections
    inner join {{ ref('int_roll_call_records') }} as records using (source, source_key)
),

doubts as (
    select
        source,
        source_key,
        null as state,
        'totals differ' as rule,
        format(
            'stated {}/{}/{}, listed {}/{}/{}',
            coalesce(yes_stated::varchar, '?'), coalesce(no_stated::varchar, '?'),
            coalesce(abstain_stated::varchar, '?'), yes, no, abstain
        ) as says
    from totals
    where yes_stated <> yes or no_stated <> no or abstain_stated <> abstain
    union all
    select
        totals.source,
        totals.source_key,
        null as state,
        'published total differs' as rule,
        format(
            'published {}/{}/{}, listed {}/{}/{}',
            published.yes, published.no, published.abstain, totals.yes, totals.no, totals.abstain
        ) as says
    from totals
    inner join {{ ref('int_published_totals') }} as published
        on totals.roll_call_id = published.symbol
    where published.yes <> totals.yes or published.no <> totals.no or published.abstain <> totals.abstain
    union all
    select
        votes.source,
        votes.source_key,
        votes.state,
        'vote of a non-member' as rule,
        votes.vote as says
    from {{ ref('int_source_votes') }} as votes
    anti join {{ ref('int_source_seats') }} using (source, source_key, state)
    where votes.vote in ('yes', 'no', 'abstain')
    union all
    select
        votes.source,
        votes.source_key,
        votes.state,
        'vote of an unseated delegation' as rule,
        votes.vote as says
    from {{ ref('int_source_votes') }} as votes
    inner join {{ ref('int_source_unseated') }} using (source, source_key, state)
    where votes.vote in ('yes', 'no', 'abstain')
    union all
    select
        roll_calls.source,
        roll_calls.source_key,
        null as state,
        'day outside its session' as rule,
        format(
            '{}, session {} from {} to {}',
            roll_calls.vote_date, roll_calls.session, coalesce(sessions.opened::varchar, 'an unknown day'),
            coalesce(sessions.closed::varchar, 'now')
        ) as says
    from roll_calls
    left join sessions using (session)
    where {{ outside_session('roll_calls', 'sessions') }}
    union all
    select
        roll_calls.source,
        roll_calls.source_key,
        null as state,
        'symbol of another session' as rule,
        roll_calls.symbol || ', session ' || roll_calls.session as says
    from roll_calls
    left join sessions as in_roman
        on regexp_extract(roll_calls.symbol, '\(([^)]+)\)$', 1) = in_roman.roman
    where
        roll_calls.kind = 'resolution'
        and roll_calls.session <> coalesce(
            nullif(regexp_extract(roll_calls.symbol, '^A/RES/((ES-|S-)?\d+)/', 1), ''),
            in_roman.session,
            roll_calls.session
        )
    union all
    select
        roll_calls.source,
        roll_calls.source_key,
        differing.state,
        'sources differ on a vote' as rule,
        differing.says
    from differing
    inner join roll_calls
        on differing.roll_call_id = roll_calls.roll_call_id and differing.source_b = roll_calls.source
    union all
    select
        roll_calls.source,
        roll_calls.source_key,
        null as state,
        'sources differ on the day' as rule,
        format(
            '{} in {}, {} in {}', first_of.vote_date, first_of.source, roll_calls.vote_date, roll_calls.source
        ) as says
    from {{ ref('int_roll_calls') }} as first_of
    inner join roll_calls using (roll_call_id)
    where
        first_of.source <> roll_calls.source
        and first_of.vote_date <> roll_calls.vote_date
        and first_of.date_precision = 'day'
        and roll_calls.date_precision = 'day'
    union all
    select
        source,
        source_key,
        state,
        rule,
        coalesce(unknown_name || ': ', '') || string_agg(vote, ', ' order by vote) as says
    from {{ ref('int_votes_left_out') }}
    where not (source = 'voeten' and state is null and vote in ('absent', 'not_member'))
    group by source, source_key, state, unknown_name, rule
    union all
    select
        source,
        source_key,
        null as state,
        'same vote not for certain' as rule,
        format('{} of {}: {:.1f} in 100 votes alike', other_key, other_source, 100 * agreement) as says
    from {{ ref('int_roll_call_matches') }}
    where matched_by = 'votes, not for certain'
    union all
    select
        source,
        source_key,
        state,
        if(standing = 'holds', 'vote corrected', 'vote perhaps wrong') as rule,
        format('{} in the source, {} by {} ({} in 100)', vote_as_given, vote, evidence, certainty) as says
    from {{ ref('int_vote_corrections') }}
    where standing in ('holds', 'not certain')
    union all
    select
        source,
        source_key,
        state,
        rule,
        says
    from {{ ref('int_vote_faults') }}
    where source_key is not null
    union all
    select
        'voeten' as source,
        roll_call as source_key,
        null as state,
        'columns in the title' as rule,
        format(
            'codes {} in the title, {} in their columns',
            replace(substr({{ columns_in_title('descr') }}, 2), chr(9), '/'),
            concat_ws('/', {{ voeten_codes() | join('::int, ') }}::int)
        ) as says
    from {{ source('raw', 'voeten_roll_calls') }}
    where {{ columns_in_title('descr') }} is not null
    union all
    select
        source,
        source_key,
        null as state,
        case
            when given <> found then 'correction lapsed'
            when certainty = 'possible' then 'source perhaps wrong'
            else 'source corrected'
        end as rule,
        if(
            given <> found,
            format('{} {}, no longer {}', field, found, given),
            format('{} {}, {} is {}: {}', field, given, holds, certainty, evidence)
        ) as says
    from corrections
    union all
    select
        source,
        source_key,
        null as state,
        'perhaps one vote' as rule,
        format('of {}, {} with the same votes of all states', number, records) as says
    from {{ ref('int_equal_records') }}
    union all
    select
        source,
        source_key,
        null as state,
        'symbol of no resolution' as rule,
        says
    from {{ ref('int_doubted_symbols') }}
)

select
    doubts.source,
    roll_calls.release,
    roll_calls.roll_call_id,
    doubts.source_key,
    doubts.state,
    roll_calls.year,
    roll_calls.source_session as session,
    doubts.rule,
    doubts.says
from doubts
inner join roll_calls using (source, source_key)
union all
select
    never.source,
    reach.release,
    null as roll_call_id,
    null as source_key,
    never.state,
    null as year,
    never.session,
    'state never named' as rule,
    format('in none of {} roll calls', never.roll_calls) as says
from {{ ref('int_states_never_named') }} as never
inner join {{ ref('int_reach') }} as reach using (source)
union all
select
    corrections.source,
    reach.release,
    null as roll_call_id,
    null as source_key,
    corrections.state,
    null as year,
    corrections.session,
    if(corrections.standing = 'lapsed', 'correction lapsed', 'absent although it voted') as rule,
    format(
        '{} roll calls, correction {}: {} ({} in 100)',
        count(*), corrections.correction, any_value(corrections.evidence), any_value(corrections.certainty)
    ) as says
from {{ ref('int_vote_corrections') }} as corrections
inner join {{ ref('int_reach') }} as reach using (source)
where corrections.standing in ('lapsed', 'not known')
group by
    corrections.correction, corrections.standing, corrections.source, reach.release, corrections.state,
    corrections.session
union all
select
    faults.source,
    reach.release,
    null as roll_call_id,
    null as source_key,
    faults.state,
    null as year,
    faults.session,
    faults.rule,
    faults.says
from {{ ref('int_vote_faults') }} as faults
inner join {{ ref('int_reach') }} as reach using (source)
where faults.source_key is null
union all
-- Two records of one vote that differ; one of them is taken.
select
    'voeten' as source,
    any_value(second_record.release) as release,
    any_value(roll_calls.roll_call_id) as roll_call_id,
    any_value(roll_calls.source_key) as source_key,
    null as state,
    any_value(roll_calls.year) as year,
    any_value(roll_calls.source_session) as session,
    'two records differ' as rule,
    format(
        '{} beside {}: {} votes differ', second_record.roll_call, any_value(roll_calls.source_key),
        count(*) filter (taken.vote <> other.vote)
    ) as says
from {{ source('raw', 'voeten_roll_calls') }} as second_record
anti join {{ ref('stg_voeten__roll_calls') }} as kept on second_record.roll_call = kept.voeten_key
inner join roll_calls
    on
        roll_calls.source = 'voeten'
        and second_record.unres = roll_calls.source_symbol
        and second_record.vote_date = roll_calls.vote_date
        and second_record.descr = roll_calls.title
inner join {{ source('raw', 'voeten_votes') }} as other on second_record.roll_call = other.roll_call
inner join {{ source('raw', 'voeten_votes') }} as taken
    on roll_calls.source_key = taken.roll_call and other.ccode = taken.ccode
group by second_record.roll_call
having count(*) filter (taken.vote <> other.vote) > 0

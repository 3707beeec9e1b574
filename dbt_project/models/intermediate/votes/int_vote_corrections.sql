-- The votes covered by the corrections, and whether each applies: a row of `vote_corrections` corrects its
-- own source, so it lapses where another source's roll call is used, or where the source has since changed.
with corrections as (
    select
        *,
        string_split(roll_calls, ' ') as named
    from {{ ref('vote_corrections') }}
    where assembly = {{ assembly() }}
),

votes as (
    select
        source,
        source_key,
        state,
        if(vote in ('yes', 'no', 'abstain'), vote, 'absent') as vote
    from {{ ref('int_source_votes') }}
),

concerned as (
    select
        corrections.*,
        roll_calls.source_key,
        roll_calls.source_session as session,
        ids.roll_call_id,
        chosen.source = roll_calls.source and chosen.source_key = roll_calls.source_key as is_taken,
        coalesce(given.vote, 'absent') as vote_as_given,
        case
            when corrections.holds_of is not null then coalesce(others.vote, 'absent')
            else corrections.holds
        end as vote
    from corrections
    inner join {{ ref('int_source_roll_calls') }} as roll_calls
        on
            corrections.source = roll_calls.source
            and coalesce(
                list_has_any(
                    corrections.named, [roll_calls.symbol, roll_calls.symbol_as_given, roll_calls.source_key]
                ),
                roll_calls.vote_date between corrections.days_from and corrections.days_to
            )
    inner join {{ ref('int_roll_call_ids') }} as ids
        on roll_calls.source = ids.source and roll_calls.source_key = ids.source_key
    inner join {{ ref('int_roll_calls') }} as chosen on ids.roll_call_id = chosen.roll_call_id
    left join votes as given
        on
            roll_calls.source = given.source
            and roll_calls.source_key = given.source_key
            and corrections.state = given.state
    left join votes as others
        on
            roll_calls.source = others.source
            and roll_calls.source_key = others.source_key
            and corrections.holds_of = others.state
)

select
    id as correction,
    source,
    source_key,
    roll_call_id,
    session,
    state,
    vote_as_given,
    vote,
    evidence,
    certainty,
    case
        when not is_taken or vote_as_given <> says then 'lapsed'
        when vote is null then 'not known'
        when certainty < {{ var('least_certainty') }} then 'not certain'
        else 'holds'
    end as standing
from concerned
where (named is not null or says is null or vote_as_given = says) and vote is distinct from vote_as_given
-- Where a vote is known, a row on the surrounding days adds nothing.
qualify
    vote is not null
    or not bool_or(vote is not null) over (partition by source, source_key, state)

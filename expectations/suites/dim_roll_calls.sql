-- One row per roll call.
with roll_calls as (
    select
        *,
        if(kind = 'resolution', symbol, null) as resolution,
        count(*) over (partition by symbol, kind) as times
    from marts.dim_roll_calls
),

-- The roll calls that a known gap names, each a word of it: 77/293, 2668A(XXV).
known as (
    select distinct
        source,
        'A/RES/' || unnest(string_split(gap, ' ')) as symbol
    from seeds.known_gaps
)

select
    roll_calls.roll_call_id,
    roll_calls.session,
    roll_calls.source,
    roll_calls.vote_date,
    if(roll_calls.resolution is null, 1, roll_calls.times) as times_the_symbol_stands,
    coalesce(
        nullif(regexp_extract(roll_calls.resolution, '^A/RES/((ES-|S-)?\d+)/', 1), ''),
        sessions_in_roman.session,
        roll_calls.session
    ) as session_of_the_symbol,
    coalesce(
        roll_calls.vote_date between date_trunc('month', sessions.opened)
        and coalesce(last_day(sessions.closed), date '2999-01-01'),
        false
    ) as in_its_session,
    split_part(roll_calls.sources, ', ', 1) as first_of_its_sources,
    format('{}/{}/{}', yes_counted, no_counted, abstain_counted) as votes_counted,
    -- A total that nobody states agrees with any.
    if(
        known.symbol is not null,
        votes_counted,
        format(
            '{}/{}/{}',
            coalesce(yes_stated, yes_counted),
            coalesce(no_stated, no_counted),
            coalesce(abstain_stated, abstain_counted)
        )
    ) as votes_stated
from roll_calls
left join known on roll_calls.source = known.source and roll_calls.symbol = known.symbol
left join seeds.assembly_sessions as sessions on roll_calls.session = sessions.session
left join seeds.assembly_sessions as sessions_in_roman
    on regexp_extract(roll_calls.resolution, '\(([IVXLC]+)\)$', 1) = sessions_in_roman.roman
order by roll_calls.vote_date, roll_calls.roll_call_id

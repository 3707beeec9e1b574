-- One row per roll call.
with roll_calls as (
    select
        *,
        if(kind = 'resolution', symbol, null) as resolution,
        count(*) over (partition by symbol, kind) as times
    from marts.dim_roll_calls
),

-- A source may use a symbol for two resolutions; the warehouse may not make two of one.
times_in_a_source as (
    select
        symbol,
        max(times) as times
    from (
        select
            source,
            symbol,
            count(*) as times
        from intermediate.int_source_roll_calls
        where kind = 'resolution'
        group by all
    )
    group by symbol
),

given as (
    select
        ids.roll_call_id,
        found.*
    from intermediate.int_source_roll_calls as found
    inner join intermediate.int_roll_call_ids as ids using (source, source_key)
)

select
    roll_calls.roll_call_id,
    roll_calls.session,
    roll_calls.source,
    roll_calls.vote_date,
    if(roll_calls.resolution is null, 1, roll_calls.times - coalesce(times_in_a_source.times, 1) + 1)
        as times_the_symbol_stands,
    split_part(roll_calls.sources, ', ', 1) as first_of_its_sources,
    bool_or(
        roll_calls.symbol is not distinct from given.symbol
        and roll_calls.session = given.session
        and roll_calls.vote_date = given.vote_date
        and roll_calls.kind = given.kind
        and (
            roll_calls.stated_by is distinct from 'source'
            or (
                roll_calls.yes_stated is not distinct from given.yes_stated
                and (given.no_stated is null or roll_calls.no_stated = given.no_stated)
                and (given.abstain_stated is null or roll_calls.abstain_stated = given.abstain_stated)
            )
        )
    ) as is_as_given
from roll_calls
left join times_in_a_source on roll_calls.resolution = times_in_a_source.symbol
left join given
    on roll_calls.roll_call_id = given.roll_call_id and split_part(roll_calls.sources, ', ', 1) = given.source
group by all
order by roll_calls.vote_date, roll_calls.roll_call_id

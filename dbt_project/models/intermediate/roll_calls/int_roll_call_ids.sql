-- The identifier of each source's roll call, and how it was matched with another source's.
with roll_calls as (
    select
        source,
        source_key,
        match_symbol,
        coalesce(match_symbol, source || ':' || source_key) as own_id
    from {{ ref('int_source_roll_calls') }}
),

by_symbol as (
    select match_symbol
    from roll_calls
    where match_symbol is not null
    group by match_symbol
    having count(*) > 1
)

select
    roll_calls.source,
    roll_calls.source_key,
    coalesce(others.own_id, roll_calls.own_id) as roll_call_id,
    case
        when matches.matched_by is not null then matches.matched_by
        when roll_calls.match_symbol in (select by_symbol.match_symbol from by_symbol) then 'symbol'
    end as matched_by,
    matches.agreement
from roll_calls
left join {{ ref('int_roll_call_matches') }} as matches using (source, source_key)
left join roll_calls as others
    on matches.other_source = others.source and matches.other_key = others.source_key

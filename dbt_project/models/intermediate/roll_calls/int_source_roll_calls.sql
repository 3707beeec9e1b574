-- Roll calls of all sources, with additional records of one vote identified. Only resolutions under a
-- symbol that the source uses once can be matched with another source's (match_symbol).
with told as (
    select
        records.* replace (
            if(duplicates.duplicate_of is null, records.kind, 'duplicate') as kind,
            coalesce(duplicates.symbol, records.symbol) as symbol
        ),
        duplicates.duplicate_of
    from {{ ref('int_roll_call_records') }} as records
    left join {{ ref('int_duplicate_roll_calls') }} as duplicates using (source, source_key)
)

select
    *,
    case
        when kind = 'resolution' and count(*) over (partition by source, symbol, kind) = 1 then symbol
    end as match_symbol
from told

-- Roll calls that another source may have too, although no symbol shows it. `asks`: the kind of match. A
-- part's letter may be Voeten's own: 2758G(XXVI) may be the UN's 2758(XXVI).
with roll_calls as (
    select
        source,
        source_key,
        session,
        vote_date,
        list_filter(draft_symbols, lambda named: named is not null) as drafts,
        regexp_replace(
            replace(symbol_as_given, 'A/DEC/', 'A/RES/'),
            '^(A/RES/(?:(?:ES-|S-)?\d+/)?\d+)[A-Z].*?(\([^)]*\))?$',
            '\1\2'
        ) as number,
        match_symbol,
        case source when 'undl' then 1 when 'unxml' then 2 else 3 end as precedence
    from {{ ref('int_source_roll_calls') }}
    where not is_marked_part and (kind <> 'paragraph' or symbol_as_given is null)
),

had_by as (
    select
        match_symbol,
        list(source) as sources
    from roll_calls
    where match_symbol is not null
    group by match_symbol
),

asked as (
    select
        roll_calls.* exclude (match_symbol, precedence),
        unnest(
            case
                when source = 'voeten' and not list_has_any(coalesce(had_by.sources, []), ['undl', 'unxml'])
                    then ['voeten']
                when source = 'undl'
                    then list_concat(
                        if(list_contains(coalesce(had_by.sources, []), 'unxml'), [], ['un']),
                        if(list_contains(coalesce(had_by.sources, []), 'voeten'), [], ['voeten'])
                    )
                -- If undl has it too, undl's record is used.
                when source = 'unxml' and not list_contains(coalesce(had_by.sources, []), 'undl')
                    then list_concat(
                        ['un'], if(list_contains(coalesce(had_by.sources, []), 'voeten'), [], ['voeten'])
                    )
                else []
            end
        ) as asks
    from roll_calls
    left join had_by using (match_symbol)
)

-- Only those with a possible counterpart near in time.
select
    asked.source,
    asked.source_key,
    asked.session,
    asked.vote_date,
    asked.drafts,
    nullif(asked.number, '') as number,
    asked.asks
from asked
where exists (
    select 1
    from asked as others
    where
        asked.asks = others.asks
        and case asked.asks
            when 'un' then asked.source <> others.source
            else (asked.source = 'voeten') <> (others.source = 'voeten')
        end
        and others.vote_date between asked.vote_date - 45 and asked.vote_date + 45
)

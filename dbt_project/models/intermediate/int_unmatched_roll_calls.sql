-- Roll calls that no other source has under the same symbol, in sessions that another source has too. The
-- letter of a part may be Voeten's own: 2758G(XXVI) may be what the UN calls 2758(XXVI).
with roll_calls as (
    select
        source,
        source_key,
        session,
        vote_date,
        draft_symbol as draft,
        regexp_replace(symbol, '^(A/RES/(?:(?:ES-|S-)?\d+/)?\d+)[A-Z].*?(\([^)]*\))?$', '\1\2') as number,
        kind,
        match_symbol
    from {{ ref('int_source_roll_calls') }}
    where kind not in ('paragraph', 'amendment')
),

by_symbol as (
    select match_symbol
    from roll_calls
    where match_symbol is not null
    group by match_symbol
    having bool_or(source = 'voeten') and bool_or(source <> 'voeten')
)

select
    source,
    source_key,
    session,
    vote_date,
    draft,
    nullif(number, '') as number
from roll_calls
where
    (match_symbol is null or match_symbol not in (select by_symbol.match_symbol from by_symbol))
    and session in (
        select others.session
        from roll_calls as others
        group by others.session
        having bool_or(others.source = 'voeten') and bool_or(others.source <> 'voeten')
    )

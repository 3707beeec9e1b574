select
    symbol,
    any_value(yes) as yes,
    any_value(no) as no,
    any_value(abstain) as abstain
from {{ ref('key_votes_seed') }}
where assembly = {{ assembly() }}
group by symbol
union all
select
    symbol,
    yes,
    no,
    abstain
from {{ ref('published_totals') }}
anti join {{ ref('key_votes_seed') }} using (symbol)

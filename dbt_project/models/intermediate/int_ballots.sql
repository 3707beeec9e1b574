{{ config(materialized='view') }}

-- A seat that the Assembly left empty is no absence to wonder at.
select
    seats.source,
    seats.source_key,
    seats.state,
    case votes.vote when 'yes' then 0 when 'abstain' then 1 when 'no' then 2 when 'absent' then 3 else 4 end
    ::tinyint as ballot
from {{ ref('int_source_seats') }} as seats
inner join {{ ref('int_source_roll_calls') }} as roll_calls using (source, source_key)
left join {{ ref('int_source_votes') }} as votes using (source, source_key, state)
where
    votes.vote in ('yes', 'no', 'abstain')
    or (
        seats.is_certain_all_month
        and not exists (
            select 1 from {{ ref('kept_from_voting') }} as kept
            where
                kept.state = seats.state
                and kept.kept_from <= roll_calls.vote_date
                and coalesce(kept.kept_to, date '2999-01-01') > roll_calls.vote_date
        )
    )

{{ config(materialized='view') }}

-- A seat that the Assembly left empty is not a suspicious absence.
select
    seats.source,
    seats.source_key,
    seats.state,
    case votes.vote when 'yes' then 0 when 'abstain' then 1 when 'no' then 2 when 'absent' then 3 else 4 end
    ::tinyint as ballot
from {{ ref('int_source_seats') }} as seats
left join {{ ref('int_source_votes') }} as votes using (source, source_key, state)
left join {{ ref('int_source_unseated') }} as unseated using (source, source_key, state)
where
    votes.vote in ('yes', 'no', 'abstain')
    or (seats.is_certain_all_month and unseated.state is null)

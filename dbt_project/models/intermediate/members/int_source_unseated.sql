-- Delegations that the Assembly had not seated. In the month in which this began or ended, a vote of
-- unknown date is placed by its number; without a number it is uncertain, and left out.
with roll_calls as (
    select
        source,
        source_key,
        earliest,
        latest,
        regexp_extract(coalesce(symbol_as_given, source_symbol), '^(A/RES/|R/)(\d+/)?(\d+)', 3) as number
    from {{ ref('int_source_roll_calls') }}
)

select
    roll_calls.source,
    roll_calls.source_key,
    kept.state
from roll_calls
inner join {{ ref('kept_from_voting') }} as kept
    on
        case
            when roll_calls.earliest >= kept.kept_from then true
            when roll_calls.latest < kept.kept_from then false
            else coalesce(try_cast(roll_calls.number as integer) >= kept.first_number, false)
        end
        and case
            when roll_calls.latest < kept.kept_to then true
            when roll_calls.earliest >= kept.kept_to then false
            else coalesce(try_cast(roll_calls.number as integer) <= kept.last_number, false)
        end

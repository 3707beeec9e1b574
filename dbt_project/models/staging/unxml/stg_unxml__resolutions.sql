with source as (
    select * from {{ source('raw', 'unxml_resolutions') }}
)

select
    {{ normalise_symbol('symbol') }} as symbol,
    any_value(release order by file, row_number) as release,
    any_value(session order by file, row_number) as session,
    any_value(vote_date order by file, row_number) as adoption_date,
    any_value(title order by file, row_number) as title,
    any_value(agenda_item_name order by file, row_number) as agenda_item,
    any_value(committee order by file, row_number) as committee,
    any_value(adoption_type order by file, row_number) as adoption_type,
    count(*) as listed_times
from source
group by all

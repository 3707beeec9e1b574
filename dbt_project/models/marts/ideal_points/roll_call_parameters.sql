{{ config(materialized='view') }}

select
    parameters.series,
    parameters.roll_call_id,
    roll_calls.symbol,
    roll_calls.session,
    roll_calls.vote_date,
    roll_calls.year,
    roll_calls.clean_title,
    parameters.item,
    count(*) over (partition by parameters.series, parameters.item) as item_roll_calls,
    parameters.discrimination,
    parameters.discrimination_sd,
    parameters.yes_below,
    parameters.yes_below_sd,
    parameters.no_above,
    parameters.no_above_sd
from {{ source('raw', 'roll_call_parameters') }} as parameters
left join {{ ref('dim_roll_calls') }} as roll_calls using (roll_call_id)

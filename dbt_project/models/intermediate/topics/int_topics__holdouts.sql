-- Three coded years at a time, from 1990 on. A year with a handful of coded roll calls is the ragged end of a
-- release and is joined to the previous year.
with coded_years as (
    select titles.year
    from {{ ref('int_topics__codes') }} as codes
    inner join {{ ref('int_roll_call_titles') }} as titles using (roll_call_id)
    group by titles.year
    having count(distinct codes.roll_call_id) >= 30
)

select
    lag(year, 2) over (order by year) as hidden_from,
    coalesce(lead(year) over (order by year) - 1, 9999) as last_year,
    year as holdout_to
from coded_years
qualify hidden_from >= 1990

-- One row per date for which the UN states its number of members ("Growth in United Nations membership").
with stated as (
    select *
    from (
        values
        (date '1945-12-31', 51),
        (date '1950-12-31', 60),
        (date '1955-12-31', 76),
        (date '1960-12-31', 99),
        (date '1970-12-31', 127),
        (date '1980-12-31', 154),
        (date '1990-12-31', 159),
        (date '2000-12-31', 189),
        (date '2011-12-31', 193)
    ) as stated (day, members_stated)
)

select
    stated.day,
    stated.members_stated,
    count(distinct members.state)::integer as members_found
from stated
left join marts.dim_member_states as members
    on
        stated.day >= members.member_from
        and stated.day < coalesce(members.member_to, date 'infinity')
group by all
order by stated.day

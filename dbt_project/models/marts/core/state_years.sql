-- A year's code and government are those of the last day on which the state was a member in it.
with last_vote as (
    select make_date(max(year), 12, 31) as last_day
    from {{ ref('dim_roll_calls') }}
),

spells as (
    select
        states.state,
        states.cow_code,
        states.gw_code,
        states.member_from,
        least(states.member_to - 1, last_vote.last_day) as last_day
    from {{ ref('member_states') }} as states
    cross join last_vote
),

former_cow_codes as (
    select * from {{ ref('former_codes') }}
    where system = 'cow'
),

former_gw_codes as (
    select * from {{ ref('former_codes') }}
    where system = 'gw'
),

spell_years as (
    select
        state,
        cow_code,
        gw_code,
        last_day,
        unnest(range(year(member_from), year(last_day) + 1))::integer as year
    from spells
),

state_years as (
    select
        state,
        year,
        max(least(last_day, make_date(year, 12, 31))) as last_day,
        arg_max(cow_code, last_day) as cow_code,
        arg_max(gw_code, last_day) as gw_code
    from spell_years
    group by state, year
),

coded as (
    select
        state_years.state,
        state_years.year,
        state_years.last_day,
        coalesce(former_cow.code, state_years.cow_code) as cow_code,
        coalesce(former_gw.code, state_years.gw_code) as gw_code
    from state_years
    asof left join former_cow_codes as former_cow
        on state_years.state = former_cow.state and state_years.last_day < former_cow.valid_to
    asof left join former_gw_codes as former_gw
        on state_years.state = former_gw.state and state_years.last_day < former_gw.valid_to
)

select
    coded.state,
    coded.year,
    -- A code that passed from one state to another within the year belongs to the later one.
    case
        when row_number() over (partition by coded.cow_code, coded.year order by coded.last_day desc) = 1
            then coded.cow_code
    end as cow_code,
    case
        when row_number() over (partition by coded.gw_code, coded.year order by coded.last_day desc) = 1
            then coded.gw_code
    end as gw_code,
    seated.government,
    {{ seat_notes(['coded.state'], 'coded.year', 'coded.year') }} as note
from coded
left join {{ ref('governments_seated') }} as seated
    on
        coded.state = seated.state
        and {{ within('coded.last_day', 'seated.seated_from', 'seated.seated_to') }}
order by coded.state, coded.year

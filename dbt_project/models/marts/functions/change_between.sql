with first_period as (
    select * from {{ ref('cohesion') }}(
        of_state,
        from_year := first_from, to_year := first_to, in_topic := in_topic, in_scheme := in_scheme
    )
),

second_period as (
    select * from {{ ref('cohesion') }}(
        of_state,
        from_year := second_from, to_year := second_to, in_topic := in_topic, in_scheme := in_scheme
    )
)

select
    first_period.state,
    first_period.partner,
    first_period.topic,
    first_period.n as n_first,
    second_period.n as n_second,
    first_period.agreement_half as agreement_first,
    second_period.agreement_half as agreement_second,
    second_period.agreement_half - first_period.agreement_half as change,
    -- The errors are independent where no roll call is in both periods.
    case
        when first_to < second_from or second_to < first_from
            then sqrt(first_period.agreement_half_se ^ 2 + second_period.agreement_half_se ^ 2)
    end as change_se,
    nullif(concat_ws('; ', first_period.note, second_period.note), '') as note
from first_period
inner join second_period using (partner)
order by change desc nulls last, first_period.partner asc

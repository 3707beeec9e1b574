-- Voeten's codes compared with those carried forward as if they had been hidden.
with compared as (
    select
        holdouts.hidden_from,
        holdouts.holdout_to,
        codes.code,
        codes.has_code,
        codes.is_trusted,
        carried.roll_call_id is not null as is_assigned
    from {{ ref('int_topics__codes') }} as codes
    inner join {{ ref('int_roll_call_titles') }} as titles using (roll_call_id)
    inner join {{ ref('int_topics__holdouts') }} as holdouts
        on titles.year between holdouts.hidden_from and holdouts.last_year
    left join {{ ref('int_topics__carried') }} as carried
        on
            codes.roll_call_id = carried.roll_call_id
            and codes.code = carried.code
            and holdouts.holdout_to = carried.holdout_to
    where titles.kind = 'resolution'
),

-- The comparison is made once with and once without the codes known to be wrong.
twice as (
    select
        'all codes' as compared_with,
        *
    from compared
    union all
    select
        'trusted codes' as compared_with,
        *
    from compared
    where is_trusted
)

select
    hidden_from::integer as hidden_from,
    holdout_to::integer as holdout_to,
    compared_with,
    code,
    count(*) as roll_calls,
    count(*) filter (has_code) as with_code,
    count(*) filter (is_assigned) as assigned,
    count(*) filter (has_code and is_assigned) as rightly_assigned,
    rightly_assigned / nullif(assigned, 0) as precision,
    rightly_assigned / nullif(with_code, 0) as recall
from twice
group by all
order by holdout_to desc, compared_with asc, code asc

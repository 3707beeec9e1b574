-- The Assembly votes on the same items year after year: a roll call without a trusted code takes what at
-- least half of its newest predecessors of the same title have; if it has no predecessor, a reviewed rule
-- decides. To evaluate this, resolutions of three coded years at a time are assigned again as if all codes
-- from the first of the three on were hidden (holdout_to is then the last of the three).
with titles as (
    select * from {{ ref('int_roll_call_titles') }}
),

codes as (
    select
        titles.title_key,
        titles.year,
        titles.kind,
        coded.*
    from {{ ref('int_topics__codes') }} as coded
    inner join titles using (roll_call_id)
),

targets as (
    select
        titles.roll_call_id,
        titles.title_key,
        all_codes.code,
        null::integer as holdout_to,
        9999 as hidden_from
    from titles
    cross join (select unnest([{{ quoted(voeten_codes()) }}]) as code) as all_codes
    anti join (select
        roll_call_id,
        code
    from codes
    where is_trusted) as trusted
        on titles.roll_call_id = trusted.roll_call_id and all_codes.code = trusted.code
    union all
    select
        codes.roll_call_id,
        codes.title_key,
        codes.code,
        holdouts.holdout_to,
        holdouts.hidden_from
    from codes
    inner join {{ ref('int_topics__holdouts') }} as holdouts
        on codes.year between holdouts.hidden_from and holdouts.last_year
    where codes.kind = 'resolution'
),

-- The newest five, since practice changes over the decades.
predecessors as (
    select
        targets.roll_call_id,
        targets.code,
        targets.holdout_to,
        codes.has_code
    from targets
    inner join codes
        on
            targets.title_key = codes.title_key
            and targets.code = codes.code
            and targets.hidden_from > codes.year
            and codes.is_trusted
    qualify row_number() over (
        partition by targets.roll_call_id, targets.code, targets.holdout_to
        order by codes.year desc, codes.roll_call_id asc
    ) <= 5
),

shares as (
    select
        roll_call_id,
        code,
        holdout_to,
        avg(has_code::integer) as share_with_code
    from predecessors
    group by all
),

rules as (
    select
        roll_call_id,
        topic as code,
        field,
        rule_id
    from {{ ref('int_topics__rule_matches') }}
    where scheme = 'voeten'
    qualify row_number() over (partition by roll_call_id, topic order by tier asc, rule_id asc, field asc) = 1
)

select
    targets.roll_call_id,
    targets.code,
    targets.holdout_to,
    case
        when shares.share_with_code is not null then 'recurring title'
        else replace(rules.field, '_', ' ') || ' rule ' || rules.rule_id
    end as evidence
from targets
left join shares
    on
        targets.roll_call_id = shares.roll_call_id
        and targets.code = shares.code
        and targets.holdout_to is not distinct from shares.holdout_to
left join rules on targets.roll_call_id = rules.roll_call_id and targets.code = rules.code
where coalesce(shares.share_with_code >= 0.5, rules.rule_id is not null)

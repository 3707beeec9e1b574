-- Precision and recall on the closed half of the gold sample, which nobody looked at while rules were mended.
with periods as (
    select
        *,
        unnest(['all years', decade || 's']) as period
    from {{ ref('int_topics__gold') }}
    where half = 'closed'
),

counted as (
    select
        scheme,
        topic,
        period,
        max(coded_on) as measured_on,
        count(*) filter (is_assigned) as assigned,
        count(*) filter (is_coded) as coded,
        count(*) filter (is_assigned and is_coded) as rightly_assigned,
        sum(weight) filter (is_assigned and is_coded) as right_weight,
        coalesce(right_weight, 0) / sum(weight) filter (is_assigned) as precision,
        coalesce(right_weight, 0) / sum(weight) filter (is_coded) as recall,
        -- The size of an unweighted sample that would be as exact.
        power(sum(weight) filter (is_assigned), 2) / sum(power(weight, 2)) filter (is_assigned)
            as of_assigned,
        power(sum(weight) filter (is_coded), 2) / sum(power(weight, 2)) filter (is_coded) as of_coded
    from periods
    group by all
)

select
    scheme,
    topic,
    period,
    assigned,
    coded,
    rightly_assigned,
    -- The last digits of a sum depend on its order, and the same votes have to give the same file.
    round(precision, 6) as precision,
    round({{ wilson_bound('precision', 'of_assigned', '-') }}, 6) as precision_low,
    round({{ wilson_bound('precision', 'of_assigned', '+') }}, 6) as precision_high,
    round(recall, 6) as recall,
    round({{ wilson_bound('recall', 'of_coded', '-') }}, 6) as recall_low,
    round({{ wilson_bound('recall', 'of_coded', '+') }}, 6) as recall_high,
    measured_on
from counted
order by scheme, topic, period

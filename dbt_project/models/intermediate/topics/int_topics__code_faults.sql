-- Codes of a session that can't be meant: most items that had the code year after year have lost it, or the
-- column repeats that of another code, which fits its own items better. A code given more sparingly is a
-- coder's choice.
with long as (
    select
        roll_call_id,
        session,
        code,
        has_code
    from (
        select
            try_cast(roll_calls.session as integer) as session,
            coded.*
        from {{ ref('int_roll_call_codes') }} as coded
        inner join {{ ref('int_roll_calls') }} as roll_calls using (roll_call_id)
    )
    unpivot (has_code for code in ({{ voeten_codes() | join(', ') }}))
    where session is not null
),

items as (
    select
        long.session,
        long.code,
        titles.title_key,
        bool_or(long.has_code) as has_code
    from long
    inner join {{ ref('int_roll_call_titles') }} as titles using (roll_call_id)
    where titles.kind = 'resolution' and titles.title_key is not null
    group by all
),

-- Of the last fifteen sessions that voted on an item, so that five with a fault don't hide the next.
remembered as (
    select
        *,
        avg(has_code::integer) over earlier as share_before,
        count(*) over earlier as times_before
    from items
    window earlier as (
        partition by title_key, code order by session
        rows between 15 preceding and 1 preceding
    )
),

standing as (
    select
        session,
        code,
        count(*) as standing_items,
        avg(has_code::integer) as kept
    from remembered
    where share_before >= 0.6 and times_before >= 5
    group by session, code
),

copies as (
    select
        one.session,
        one.code,
        other.code as repeats
    from long as one
    inner join long as other on one.roll_call_id = other.roll_call_id and one.code <> other.code
    group by all
    having
        bool_and(one.has_code = other.has_code)
        and count(*) >= 30
        and count(*) filter (one.has_code) >= 5
),

repeating as (
    select
        copies.session,
        copies.code,
        max_by(copies.repeats, original.kept) as repeats
    from copies
    inner join standing as copy on copies.session = copy.session and copies.code = copy.code
    inner join standing as original on copies.session = original.session and copies.repeats = original.code
    where copy.kept < original.kept
    group by copies.session, copies.code
)

select
    standing.session::varchar as session,
    standing.code,
    standing.standing_items,
    standing.kept,
    repeating.repeats
from standing
left join repeating using (session, code)
where (standing.standing_items >= 5 and standing.kept <= 0.4) or repeating.repeats is not null

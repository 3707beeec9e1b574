with undl as (
    select
        undl_key,
        unnest(string_split(subjects, '|')) as subject
    from {{ ref('stg_undl__roll_calls') }}
),

listed as (
    select
        roll_calls.roll_call_id,
        undl.subject
    from {{ ref('int_roll_calls') }} as roll_calls
    inner join undl using (undl_key)
    union all
    select
        roll_calls.roll_call_id,
        unxml.subject
    from {{ ref('int_roll_calls') }} as roll_calls
    inner join {{ ref('stg_unxml__subjects') }} as unxml using (unxml_key)
)

-- The sources write the thesaurus's terms in upper or in title case; here all are upper case.
select distinct
    roll_call_id,
    upper(trim(subject)) as subject
from listed
where trim(subject) <> ''

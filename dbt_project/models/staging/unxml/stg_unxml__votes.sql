with source as (
    select * from {{ source('raw', 'unxml_votes') }}
),

roll_calls as (
    select * from {{ ref('stg_unxml__roll_calls') }}
),

votes as (
    select
        roll_calls.unxml_key,
        state_names.state,
        case when state_names.state is null then source.state_name end as unknown_name,
        source.vote,
        -- A name listed twice in one list is one vote; two names of one state are counted.
        count(distinct source.state_name) as times_named
    from source
    inner join roll_calls on source.file = roll_calls.file and source.row_number = roll_calls.row_number
    left join {{ ref('state_names') }} as state_names
        on {{ state_name_key('source.state_name') }} = state_names.name_key
    group by all
)

select * from votes

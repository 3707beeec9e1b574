with source as (
    select * from {{ source('raw', 'voeten_votes') }}
),

roll_calls as (
    select
        roll_call,
        vote_date
    from {{ source('raw', 'voeten_roll_calls') }}
),

votes as (
    select
        source.roll_call as voeten_key,
        state_codes.state,
        case when state_codes.state is null then 'code ' || source.ccode end as unknown_name,
        case source.vote
            when 1 then 'yes'
            when 2 then 'abstain'
            when 3 then 'no'
            when 8 then 'absent'
            when 9 then 'not_member'
        end as vote
    from source
    inner join roll_calls using (roll_call)
    left join {{ ref('state_codes') }} as state_codes
        on
            state_codes.system = 'cow'
            and source.ccode::varchar = state_codes.code
            and {{ within('roll_calls.vote_date', 'state_codes.valid_from', 'state_codes.valid_to') }}
),

-- Two codes may denote one state (the Yemens, the Germanies): the code valid on the day votes.
seated as (
    select
        voeten_key,
        state,
        unknown_name,
        vote,
        count(*) as times_named
    from votes
    where vote <> 'not_member'
    group by all
)

select * from seated
union all
select
    votes.voeten_key,
    votes.state,
    votes.unknown_name,
    votes.vote,
    1 as times_named
from votes
anti join seated using (voeten_key, state)
where votes.vote = 'not_member' and votes.state is not null
group by all

with source as (
    select * from {{ source('raw', 'undl_votes') }}
),

states as (
    select
        source.*,
        coalesce(state_codes.state, state_names.state) as state
    from source
    left join {{ ref('state_codes') }} as state_codes
        on
            state_codes.system = 'iso3'
            and source.ms_code = state_codes.code
            and {{ within('source.vote_date', 'state_codes.valid_from', 'state_codes.valid_to') }}
    left join {{ ref('state_names') }} as state_names
        on {{ state_name_key('source.ms_name') }} = state_names.name_key
),

votes as (
    select
        {{ undl_key() }} as undl_key,
        state,
        case when state is null then coalesce(ms_name, ms_code) end as unknown_name,
        case ms_vote when 'Y' then 'yes' when 'N' then 'no' when 'A' then 'abstain' else 'absent' end as vote,
        -- One state may appear under two names.
        count(*) as times_named
    from states
    group by all
)

select * from votes

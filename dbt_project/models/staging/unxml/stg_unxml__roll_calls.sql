with source as (
    select * from {{ source('raw', 'unxml_resolutions') }}
),

-- Some symbols occur in a file more than once, with the same votes under differently spelt names.
ranked as (
    select
        *,
        {{ normalise_symbol('symbol') }} as unxml_key,
        row_number() over (
            partition by {{ normalise_symbol('symbol') }} order by file, row_number
        ) as nth
    from source
    -- A recorded vote with totals but no list of states is not a roll call here: another source has it.
    semi join {{ source('raw', 'unxml_votes') }} as votes
        on source.file = votes.file and source.row_number = votes.row_number
    where adoption_type = 'recorded'
)

select
    unxml_key,
    release,
    file,
    row_number,
    unxml_key as symbol,
    symbol as source_symbol,
    session,
    vote_date,
    title,
    agenda_item_name as agenda_item,
    committee,
    meeting,
    originating_document as draft,
    yes_stated,
    no_stated,
    abstain_stated
from ranked
where nth = 1

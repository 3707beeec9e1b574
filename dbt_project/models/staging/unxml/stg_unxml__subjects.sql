with source as (
    select * from {{ source('raw', 'unxml_subjects') }}
),

roll_calls as (
    select * from {{ ref('stg_unxml__roll_calls') }}
)

select distinct
    roll_calls.unxml_key,
    source.subject
from source
inner join roll_calls on source.file = roll_calls.file and source.row_number = roll_calls.row_number
where source.scheme = 'UNBIS Thesaurus'

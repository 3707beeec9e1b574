-- A release has one line per member state's vote and repeats the roll call on each.
with source as (
    select * from {{ source('raw', 'undl_votes') }}
),

keyed as (
    select
        *,
        {{ normalise_symbol('resolution') }} as symbol,
        {{ undl_key() }} as undl_key
    from source
),

roll_calls as (
    select
        undl_key,
        any_value(release) as release,
        any_value(symbol) as symbol,
        any_value(resolution) as source_symbol,
        any_value(session) as session,
        any_value(vote_date) as vote_date,
        any_value(title) as title,
        any_value(agenda_title) as agenda_item,
        any_value(meeting) as meeting,
        any_value(draft) as draft,
        any_value(committee_report) as committee_report,
        any_value(subjects) as subjects,
        any_value(total_yes) as yes_stated,
        any_value(total_no) as no_stated,
        any_value(total_abstentions) as abstain_stated
    from keyed
    group by undl_key
)

select * from roll_calls

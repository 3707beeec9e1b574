-- One row per source in reach and session: what was expected, what was found, what went wrong between the
-- file and the warehouse.
with kept as (
    select
        ids.source,
        ids.source_key,
        count(roll_calls.roll_call_id) as times_kept
    from intermediate.int_roll_call_ids as ids
    left join marts.dim_roll_calls as roll_calls using (roll_call_id)
    group by all
),

source_roll_calls as (
    select
        found.source,
        found.source_session as session,
        found.source_key,
        case
            when found.source = 'unxml' or found.source_key like '%@%'
                then regexp_replace(upper(found.source_symbol), '[\s\[\]]', '', 'g')
            else found.source_key
        end as file_key,
        coalesce(found.symbol, found.source || ' ' || found.source_key) as name,
        coalesce(kept.times_kept, 0) as times_kept
    from intermediate.int_source_roll_calls as found
    left join kept using (source, source_key)
),

-- The votes as in the files, counted without any of the later steps.
in_the_files as (
    select
        'undl' as source,
        coalesce(nullif(undl_id, ''), regexp_replace(upper(resolution), '[\s\[\]]', '', 'g')) as file_key,
        any_value(session) as session,
        [
            count(*) filter (ms_vote = 'Y'), count(*) filter (ms_vote = 'N'), count(*) filter (ms_vote = 'A')
        ] as votes
    from raw.undl_votes
    group by all
    union all
    select
        'unxml' as source,
        regexp_replace(upper(symbol), '[\s\[\]]', '', 'g') as file_key,
        any_value(session) as session,
        [
            count(distinct state_name) filter (vote = 'yes'),
            count(distinct state_name) filter (vote = 'no'),
            count(distinct state_name) filter (vote = 'abstain')
        ] as votes
    from (
        select
            *,
            min((file, row_number)) over (partition by regexp_replace(upper(symbol), '[\s\[\]]', '', 'g'))
                as first_line
        from raw.unxml_resolutions
        where adoption_type = 'recorded' and (file, row_number) in (select (file, row_number) from raw.unxml_votes)
    )
    inner join raw.unxml_votes using (file, row_number)
    where (file, row_number) = first_line
    group by all
    union all
    select
        'voeten' as source,
        roll_call as file_key,
        any_value(roll_calls.session)::varchar as session,
        [count(*) filter (vote = 1), count(*) filter (vote = 3), count(*) filter (vote = 2)] as votes
    from raw.voeten_votes
    inner join raw.voeten_roll_calls as roll_calls using (roll_call)
    group by all
),

-- Of two records with the same symbol, day and words, one is taken.
second_records as (
    select
        'voeten' as source,
        second_record.roll_call as file_key
    from raw.voeten_roll_calls as second_record
    inner join raw.voeten_roll_calls as taken using (unres, vote_date, descr)
    inner join source_roll_calls
        on source_roll_calls.source = 'voeten' and taken.roll_call = source_roll_calls.source_key
    where second_record.roll_call <> taken.roll_call
),

left_out as (
    select
        source,
        source_key,
        [
            coalesce(sum(votes) filter (vote = 'yes'), 0),
            coalesce(sum(votes) filter (vote = 'no'), 0),
            coalesce(sum(votes) filter (vote = 'abstain'), 0)
        ] as votes
    from intermediate.int_votes_left_out
    group by all
),

counted as (
    select
        source,
        source_key,
        [
            count(*) filter (vote = 'yes'), count(*) filter (vote = 'no'), count(*) filter (vote = 'abstain')
        ] as votes
    from intermediate.int_source_votes
    group by all
),

compared as (
    select
        source,
        coalesce(source_roll_calls.session, in_the_files.session) as session,
        coalesce(source_roll_calls.name, source || ' ' || file_key) as name,
        source_roll_calls.times_kept,
        in_the_files.votes as in_the_file,
        coalesce(counted.votes, [0, 0, 0]) as here,
        coalesce(left_out.votes, [0, 0, 0]) as left_out
    from source_roll_calls
    full outer join in_the_files using (source, file_key)
    anti join second_records using (source, file_key)
    left join counted using (source, source_key)
    left join left_out using (source, source_key)
),

at_fault as (
    select
        source,
        session,
        string_agg(name, ', ' order by name) filter (times_kept <> 1) as not_kept_once,
        string_agg(
            format(
                '{} has {} in the file and {} here',
                name, coalesce(array_to_string(in_the_file, '/'), 'none'), array_to_string(here, '/')
            ),
            ', ' order by name
        ) filter (
            times_kept is null
            or in_the_file is null
            or in_the_file[1] - here[1] <> left_out[1]
            or in_the_file[2] - here[2] <> left_out[2]
            or in_the_file[3] - here[3] <> left_out[3]
        ) as changed_on_the_way
    from compared
    group by all
)

select
    source,
    session,
    completeness.expected_roll_calls,
    completeness.found_roll_calls,
    coalesce(completeness.status, 'not in the mart') as status,
    at_fault.not_kept_once,
    at_fault.changed_on_the_way
from marts.completeness
full outer join at_fault using (source, session)
order by source, session

-- One row per source in reach and session: what was expected, what was found, what went wrong on the way from the
-- file to the warehouse.
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
        found.source_symbol,
        found.vote_date,
        coalesce(found.symbol, found.source || ' ' || found.source_key) as name,
        coalesce(kept.times_kept, 0) as times_kept
    from intermediate.int_source_roll_calls as found
    left join kept using (source, source_key)
),

-- The votes as the files have them, counted without any of the steps that follow.
in_the_files as (
    select
        'undl' as source,
        undl_id as source_key,
        resolution as source_symbol,
        vote_date,
        count(*) filter (ms_vote = 'Y') as yes,
        count(*) filter (ms_vote = 'N') as no,
        count(*) filter (ms_vote = 'A') as abstain
    from raw.undl_votes
    group by all
    union all
    select
        'unxml' as source,
        null as source_key,
        symbol as source_symbol,
        vote_date,
        count(distinct state_name) filter (vote = 'yes') as yes,
        count(distinct state_name) filter (vote = 'no') as no,
        count(distinct state_name) filter (vote = 'abstain') as abstain
    from (
        select
            *,
            min((file, row_number)) over (partition by symbol) as first_line
        from raw.unxml_resolutions
        where adoption_type = 'recorded' and (file, row_number) in (select (file, row_number) from raw.unxml_votes)
    )
    inner join raw.unxml_votes using (file, row_number)
    where (file, row_number) = first_line
    group by symbol, vote_date
    union all
    select
        'voeten' as source,
        roll_call as source_key,
        null as source_symbol,
        null as vote_date,
        count(*) filter (vote = 1) as yes,
        count(*) filter (vote = 3) as no,
        count(*) filter (vote = 2) as abstain
    from raw.voeten_votes
    group by all
),

left_out as (
    select
        ids.source,
        ids.source_key,
        sum(if(doubts.rule = 'two votes of a state', 1 + length(says) - length(replace(says, ',', '')), 1)) as votes
    from intermediate.int_doubts as doubts
    inner join intermediate.int_roll_call_ids as ids using (source, roll_call_id)
    where doubts.rule in ('two votes of a state', 'name not known')
    group by all
),

counted as (
    select
        source,
        source_key,
        count(*) filter (vote = 'yes') as yes,
        count(*) filter (vote = 'no') as no,
        count(*) filter (vote = 'abstain') as abstain
    from intermediate.int_source_votes
    group by all
),

compared as (
    select
        source_roll_calls.*,
        [in_the_files.yes, in_the_files.no, in_the_files.abstain] as in_the_file,
        [coalesce(counted.yes, 0), coalesce(counted.no, 0), coalesce(counted.abstain, 0)] as here,
        coalesce(left_out.votes, 0) as left_out
    from source_roll_calls
    left join in_the_files
        on
            source_roll_calls.source = in_the_files.source
            and (
                source_roll_calls.source_key = in_the_files.source_key
                or (
                    nullif(in_the_files.source_key, '') is null
                    and source_roll_calls.source_symbol is not distinct from in_the_files.source_symbol
                    and source_roll_calls.vote_date = in_the_files.vote_date
                )
            )
    left join counted
        on source_roll_calls.source = counted.source and source_roll_calls.source_key = counted.source_key
    left join left_out
        on source_roll_calls.source = left_out.source and source_roll_calls.source_key = left_out.source_key
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
            in_the_file is null
            or (left_out = 0 and in_the_file <> here)
            or list_sum(in_the_file) - list_sum(here) <> left_out
        ) as changed_on_the_way
    from compared
    group by all
)

select
    completeness.source,
    completeness.session,
    completeness.expected_roll_calls,
    completeness.found_roll_calls,
    completeness.status,
    at_fault.not_kept_once,
    at_fault.changed_on_the_way
from marts.completeness
left join at_fault using (source, session)
order by completeness.source, completeness.session

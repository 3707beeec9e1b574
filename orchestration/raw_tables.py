"""The columns of the raw tables.

Belongs here: names and DuckDB types of what parsing yields, so that a table exists, empty, when its
source is out of reach. Not here: what the columns mean (the dbt project's sources.yml).
"""

RAW_TABLES: dict[str, dict[str, str]] = {
    "undl": {
        "undl_votes": """
            release varchar, file varchar, row_number integer, undl_id varchar, ms_code varchar,
            ms_name varchar, ms_vote varchar, vote_date date, session varchar, resolution varchar,
            draft varchar, committee_report varchar, meeting varchar, title varchar,
            agenda_title varchar, subjects varchar, vote_note varchar, total_yes integer,
            total_no integer, total_abstentions integer, total_non_voting integer,
            total_ms integer, undl_link varchar""",
    },
    "unxml": {
        "unxml_resolutions": """
            release varchar, file varchar, row_number integer, symbol varchar, session varchar,
            vote_date date, meeting varchar, title varchar, originating_document varchar,
            committee varchar, agenda_item varchar, agenda_item_name varchar,
            adoption_type varchar, yes_stated integer, no_stated integer,
            abstain_stated integer""",
        "unxml_votes": """
            release varchar, file varchar, row_number integer, state_name varchar, vote varchar""",
        "unxml_subjects": """
            release varchar, file varchar, row_number integer, subject varchar, scheme varchar""",
        "unxml_sponsors": """
            release varchar, file varchar, row_number integer, state_name varchar,
            additional boolean""",
    },
    "voeten": {
        "voeten_roll_calls": """
            release varchar, file varchar, row_number integer, rcid integer, session integer,
            vote_date date, year integer, unres varchar, amend boolean, para boolean,
            short varchar, descr varchar, me boolean, nu boolean, di boolean, hr boolean,
            co boolean, ec boolean, important boolean, yes_stated integer, no_stated integer,
            abstain_stated integer""",
        "voeten_votes": """
            release varchar, file varchar, rcid integer, ccode integer, country varchar,
            country_name varchar, vote tinyint, member boolean""",
    },
}

# Filled by every source.
LEDGERS: dict[str, str] = {
    "releases": """
        source varchar, release varchar, release_date date, file varchar, size bigint,
        sha256 varchar, url varchar, licence varchar, citation varchar, landed_at timestamp""",
    "repairs": """
        source varchar, release varchar, file varchar, rule varchar, rows integer,
        example varchar""",
}

# Roll calls and votes by session, as each source has them before anything is read into them.
ROLL_CALLS_BY_SESSION: dict[str, str] = {
    "undl": """
        select session, count(distinct coalesce(nullif(undl_id, ''), resolution)) as roll_calls,
            count(*) as votes
        from raw.undl_votes group by session""",
    "unxml": """
        select session, count(distinct symbol) filter (adoption_type = 'recorded') as roll_calls,
            sum(votes)::bigint as votes
        from raw.unxml_resolutions
        left join (
            select file, row_number, count(*) as votes from raw.unxml_votes group by all
        ) as listed using (file, row_number)
        group by session""",
    "voeten": """
        select session::varchar as session, count(distinct rcid) as roll_calls,
            count(*) filter (vote in (1, 2, 3)) as votes
        from raw.voeten_votes inner join raw.voeten_roll_calls using (rcid)
        group by session""",
}

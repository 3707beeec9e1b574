"""What may be passed on: the roll calls and votes without those of the UN Digital Library.

Belongs here: which source may not be redistributed, and each roll call as the next source has it.
Not here: files (exports/), pages, or the choice between sources in a build (dbt).
"""

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from dbt_project.kernel import pair_counts
from orchestration.published.study import settings

# Its terms allow use with attribution, and no redistribution (sources/undl.py).
NOT_PUBLIC = ("undl",)

# The temporary tables that `make_public` makes, by the table whose columns they have.
PUBLIC = {
    "marts.dim_roll_calls": "public_roll_calls",
    "marts.fct_votes": "public_votes",
    "marts.bridge_roll_call_topics": "public_roll_call_topics",
    "marts.doubts": "public_doubts",
}

# The schemes by whose topics pairs are counted: UNBIS subjects are too many.
PAIRED_SCHEMES = ("study", "voeten")


@dataclass(frozen=True)
class LeftOut:
    """What the public tables lack of the published ones, and what another source stands in for.

    `roll_calls` and `votes` are gone: no other source has the roll call. `roll_calls_taken` and
    `votes_taken` count by source what was taken from it instead; `votes_differ` how many of these
    votes are not the same. `topics` are gone because nothing but the Library's text or subjects
    gave them, `doubts` because they are about the Library's file.
    """

    roll_calls: int
    votes: int
    roll_calls_taken: dict[str, int]
    votes_taken: dict[str, int]
    votes_differ: int
    topics: int
    doubts: int

    def __str__(self) -> str:
        taken = "".join(
            f"; {count:,} roll calls with {self.votes_taken[source]:,} votes taken from {source}"
            for source, count in self.roll_calls_taken.items()
        )
        differ = f"; {self.votes_differ:,} of these votes differ" if taken else ""
        return (
            f"{self.roll_calls:,} roll calls with {self.votes:,} votes left out{taken}{differ}; "
            f"{self.topics:,} topics of roll calls and {self.doubts:,} doubts left out"
        )


def make_public(
    connection: duckdb.DuckDBPyConnection, not_public: Collection[str] = NOT_PUBLIC
) -> LeftOut:
    """Make the temporary tables of PUBLIC, without anything that rests on these sources' rows.

    `connection` has a published file open, read-only or not, as its current database. Each table
    has the columns of the one it stands for. A roll call is taken whole from the next source that
    has it (unxml before voeten), with that source's votes, day, symbol and title; a title for
    display, and a topic, stay only if the next source's text or the subjects give them too. A roll
    call that no other source has is left out. Where its id names a row of a source left out, the
    next source's key takes its place.
    """
    _execute(connection, _RECORDS, not_public)
    # A correction of a vote is applied from the same certainty on as in the build.
    votes = _VOTES.replace("$least_certainty", str(settings()["least_certainty"]))
    for statement in (_ROLL_CALLS, votes, _TOPICS, _DOUBTS, _COUNTED):
        _execute(connection, statement, not_public)
    return _left_out(connection)


def _execute(
    connection: duckdb.DuckDBPyConnection, statement: str, not_public: Collection[str]
) -> None:
    listed = ", ".join(f"'{source}'" for source in not_public) or "''"
    statement = statement.replace("$not_public", f"({listed})")
    connection.execute(statement)


# The record that each roll call is taken from, in the order of int_roll_calls.
_RECORDS = """
    create or replace temp table public_records as
    with known as (
        select
            records.*,
            ids.roll_call_id,
            case records.source when 'undl' then 1 when 'unxml' then 2 else 3 end as precedence,
            row_number() over (
                partition by ids.roll_call_id, records.source
                order by ids.agreement desc nulls first, records.source_key asc
            ) as nth
        from intermediate.int_source_roll_calls as records
        inner join intermediate.int_roll_call_ids as ids using (source, source_key)
        where records.source not in $not_public
    ),

    united as (
        select
            roll_call_id,
            list(source order by precedence) as sources,
            first(committee order by precedence) filter (committee is not null)
                as united_committee,
            first(agenda_item order by precedence) filter (agenda_item is not null)
                as united_agenda_item
        from known
        where nth = 1
        group by roll_call_id
    ),

    chosen as (
        select * exclude (precedence, nth) from known
        qualify row_number() over (partition by roll_call_id order by precedence, nth) = 1
    )

    select
        chosen.*,
        united.* exclude (roll_call_id),
        published.source as published_source,
        published.source_key as published_key,
        published.source = chosen.source and published.source_key = chosen.source_key as is_same,
        if(
            split_part(chosen.roll_call_id, ':', 1) in $not_public,
            chosen.source || ':' || chosen.source_key,
            chosen.roll_call_id
        ) as public_id,
        -- Spaces are written differently by the sources, and mean nothing.
        regexp_replace(lower(chosen.title), '[\\s\\x{00A0}\\x{202F}]+', ' ', 'g')
        is not distinct from
        regexp_replace(lower(published.title), '[\\s\\x{00A0}\\x{202F}]+', ' ', 'g') as same_title,
        regexp_replace(lower(united.united_agenda_item), '[\\s\\x{00A0}\\x{202F}]+', ' ', 'g')
        is not distinct from
        regexp_replace(lower(published.agenda_item), '[\\s\\x{00A0}\\x{202F}]+', ' ', 'g')
            as same_agenda_item
    from chosen
    inner join united using (roll_call_id)
    inner join intermediate.int_roll_calls as published using (roll_call_id)
"""

_ROLL_CALLS = """
    create or replace temp table public_roll_calls as
    select
        records.public_id as roll_call_id,
        records.symbol,
        records.session,
        records.vote_date,
        records.date_precision,
        records.date_source,
        records.year,
        records.kind,
        duplicates.public_id as duplicate_of,
        records.title,
        if(records.same_title and records.same_agenda_item, given.clean_title, null)
            as clean_title,
        if(records.same_title and records.same_agenda_item, given.clean_title_from, null)
            as clean_title_from,
        records.united_agenda_item as agenda_item,
        records.united_committee as committee,
        records.meeting,
        records.draft,
        records.source,
        records.release,
        records.symbol_as_given,
        records.source_symbol,
        array_to_string(records.sources, ', ') as sources,
        if(len(records.sources) > 1 or records.is_same, given.matched_by, null) as matched_by,
        coalesce(records.yes_stated, totals.yes)::integer as yes_stated,
        coalesce(records.no_stated, totals.no)::integer as no_stated,
        coalesce(records.abstain_stated, totals.abstain)::integer as abstain_stated,
        case
            when records.yes_stated is not null then 'source'
            when totals.yes is not null then 'published total'
        end as stated_by,
        0 as yes_counted,
        0 as no_counted,
        0 as abstain_counted,
        0 as absent_counted,
        0 as doubts
    from public_records as records
    inner join marts.dim_roll_calls as given using (roll_call_id)
    left join intermediate.int_roll_call_ids as duplicate_ids
        on records.source = duplicate_ids.source
            and records.duplicate_of = duplicate_ids.source_key
    left join public_records as duplicates
        on duplicate_ids.roll_call_id = duplicates.roll_call_id
    left join intermediate.int_published_totals as totals
        on records.symbol = totals.symbol and records.kind = 'resolution'
    order by records.vote_date, records.public_id
"""

# As int_votes_of_members and fct_votes have them, of the record that is taken. The votes of an
# unchanged record are the published ones, corrections included.
_VOTES = """
    create or replace temp table public_votes as
    with taken as (
        select * from public_records where not is_same
    ),

    votes as (
        select taken.public_id, listed.state, listed.vote
        from taken inner join intermediate.int_source_votes as listed using (source, source_key)
    ),

    members as (
        select taken.public_id, seats.state, seats.is_certain, seats.is_certain_all_month
        from taken inner join intermediate.int_source_seats as seats using (source, source_key)
    ),

    unseated as (
        select taken.public_id, empty_seats.state
        from taken
        inner join intermediate.int_source_unseated as empty_seats using (source, source_key)
    ),

    -- A correction of a source lapses where another source's roll call is used: here it is not.
    corrections as (
        select taken.public_id, found.state, found.correction, found.vote
        from taken
        inner join intermediate.int_vote_corrections as found using (source, source_key)
        inner join seeds.vote_corrections as listed on found.correction = listed.id
        where
            found.vote is not null
            and found.certainty >= $least_certainty
            and coalesce(found.vote_as_given = listed.says, true)
    ),

    voted as (
        select
            public_id,
            state,
            coalesce(
                corrections.vote, if(votes.vote in ('yes', 'no', 'abstain'), votes.vote, 'absent')
            ) as vote,
            votes.state is not null as is_listed,
            if(votes.vote in ('yes', 'no', 'abstain'), votes.vote, 'absent') as vote_as_given,
            corrections.correction as corrected_by
        from members
        full outer join votes using (public_id, state)
        left join corrections using (public_id, state)
        where
            case
                when members.state is null then votes.vote in ('yes', 'no', 'abstain')
                when votes.vote = 'not_member' then members.is_certain_all_month
                else members.is_certain or votes.state is not null
            end
    )

    select
        records.public_id as roll_call_id,
        given.* exclude (roll_call_id)
    from marts.fct_votes as given
    inner join public_records as records using (roll_call_id)
    where records.is_same
    union all by name
    select
        voted.public_id as roll_call_id,
        voted.state,
        voted.vote,
        taken.year,
        voted.is_listed,
        unseated.state is not null and voted.vote = 'absent' as kept_from_voting,
        voted.vote_as_given,
        voted.corrected_by
    from voted
    inner join taken using (public_id)
    left join unseated using (public_id, state)
"""

# Evidence that the text of the Library gave stays where the next source has the same text.
_TOPICS = """
    create or replace temp table public_roll_call_topics as
    with subjects as (
        select
            records.roll_call_id,
            list(distinct upper(trim(subjects.subject))) as subjects
        from public_records as records
        inner join intermediate.int_roll_calls as published using (roll_call_id)
        inner join staging.stg_unxml__subjects as subjects
            on published.unxml_key = subjects.unxml_key
        where list_contains(records.sources, 'unxml')
        group by records.roll_call_id
    ),

    given_subjects as (
        select roll_call_id, list(topic) as subjects
        from marts.bridge_roll_call_topics
        where evidence = 'unbis subject' and scheme = 'unbis'
        group by roll_call_id
    )

    select
        records.public_id as roll_call_id,
        given.scheme,
        given.topic,
        given.evidence,
        given.certainty
    from marts.bridge_roll_call_topics as given
    inner join public_records as records using (roll_call_id)
    left join subjects using (roll_call_id)
    left join given_subjects using (roll_call_id)
    where
        records.is_same
        or given.evidence in ('every roll call', 'voeten code', 'nothing applies')
        or (given.evidence = 'main committee' and records.united_committee is not null)
        or (
            (
                given.evidence = 'recurring title'
                or given.evidence like 'title rule %'
                or given.evidence like 'description rule %'
            )
            and records.same_title
            and records.same_agenda_item
        )
        or (given.evidence like 'agenda item rule %' and records.same_agenda_item)
        or (
            given.evidence = 'unbis subject'
            and case given.scheme
                when 'unbis' then list_contains(subjects.subjects, given.topic)
                else list_has_all(subjects.subjects, given_subjects.subjects)
            end
        )
"""

_DOUBTS = """
    create or replace temp table public_doubts as
    select doubts.* replace (records.public_id as roll_call_id)
    from marts.doubts as doubts
    left join public_records as records using (roll_call_id)
    where
        doubts.source not in $not_public
        and (doubts.roll_call_id is null or records.public_id is not null)
"""

_COUNTED = """
    create or replace temp table public_roll_calls as
    with counted as (
        select
            roll_call_id,
            count(*) filter (vote = 'yes')::integer as yes_counted,
            count(*) filter (vote = 'no')::integer as no_counted,
            count(*) filter (vote = 'abstain')::integer as abstain_counted,
            count(*) filter (vote = 'absent')::integer as absent_counted
        from public_votes
        group by roll_call_id
    ),

    doubted as (
        select roll_call_id, count(*)::integer as doubts
        from public_doubts
        group by roll_call_id
    )

    select roll_calls.* replace (
        counted.yes_counted as yes_counted,
        counted.no_counted as no_counted,
        counted.abstain_counted as abstain_counted,
        counted.absent_counted as absent_counted,
        coalesce(doubted.doubts, 0)::integer as doubts
    )
    from public_roll_calls as roll_calls
    left join counted using (roll_call_id)
    left join doubted using (roll_call_id)
    order by roll_calls.vote_date, roll_calls.roll_call_id
"""


def _left_out(connection: duckdb.DuckDBPyConnection) -> LeftOut:
    """Count what the public tables lack, once they are made."""

    def number(sql: str) -> int:
        ((found,),) = connection.execute(sql).fetchall()
        return int(found)

    taken = connection.execute(
        """
        select records.source, count(distinct records.roll_call_id), count(votes.state)
        from public_records as records
        left join public_votes as votes on records.public_id = votes.roll_call_id
        where not records.is_same group by records.source order by all
        """
    ).fetchall()
    return LeftOut(
        roll_calls=number(
            "select count(*) from marts.dim_roll_calls anti join public_records "
            "using (roll_call_id)"
        ),
        votes=number(
            "select count(*) from marts.fct_votes anti join public_records using (roll_call_id)"
        ),
        roll_calls_taken={source: roll_calls for source, roll_calls, _ in taken},
        votes_taken={source: votes for source, _, votes in taken},
        votes_differ=number(
            """
            select count(*)
            from public_records as records
            inner join marts.fct_votes as given using (roll_call_id)
            inner join public_votes as votes
                on records.public_id = votes.roll_call_id and given.state = votes.state
            where not records.is_same and given.vote <> votes.vote
            """
        ),
        topics=number("select count(*) from marts.bridge_roll_call_topics")
        - number("select count(*) from public_roll_call_topics"),
        doubts=number("select count(*) from marts.doubts")
        - number("select count(*) from public_doubts"),
    )


def count_public_pairs(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Count every pair on the public votes into a new table, with the columns of marts.vote_pairs.

    `make_public` comes first. On real votes some 18 million rows, too many for a temporary table,
    which a name without a database makes: `database.schema.table` makes one in a file.
    """
    votes = connection.sql(
        "select votes.roll_call_id, votes.state, votes.vote from public_votes as votes "
        "inner join public_roll_calls as roll_calls using (roll_call_id) "
        "where roll_calls.kind = 'resolution'"
    ).to_arrow_table()
    schemes = ", ".join(f"'{scheme}'" for scheme in PAIRED_SCHEMES)
    connection.execute(
        f"""
        create or replace temp table public_sets as
        select
            row_number() over (order by topics.scheme, topics.topic, roll_calls.year)::integer
                as set_id,
            topics.scheme,
            topics.topic,
            roll_calls.year,
            list(roll_call_id order by roll_call_id) as roll_calls
        from public_roll_call_topics as topics
        inner join public_roll_calls as roll_calls using (roll_call_id)
        where roll_calls.kind = 'resolution' and topics.scheme in ({schemes})
        group by topics.scheme, topics.topic, roll_calls.year
        """
    )
    sets = connection.sql("from public_sets order by set_id").to_arrow_table()
    connection.register("public_counts", pair_counts.pair_counts(votes, sets))
    cells = [f"counts.{cell}" for cell in pair_counts.CELLS]
    connection.execute(
        f"""
        create {"" if "." in table else "temp "}table {table} as
        select
            counts.state_a::varchar as state_a,
            counts.state_b::varchar as state_b,
            sets.year,
            sets.scheme,
            sets.topic,
            {", ".join(cells)},
            {" + ".join(cells)} as n,
            counts.unanimous,
            counts.absent_a,
            counts.absent_b,
            counts.absent_both,
            counts.absent_a + counts.absent_b + counts.absent_both as absent_either
        from public_counts as counts
        inner join public_sets as sets using (set_id)
        """
    )
    connection.unregister("public_counts")

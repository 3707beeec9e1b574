"""What differs between two published files: roll calls, votes, states, topics, measures, columns.

Belongs here: the comparison, in SQL over both files, and its rows in words and as a page. Not here:
which files are compared (kept.py, cli/changes.py), or what follows from a loss
(assets/publication.py).

What belongs to a run, not to what is told about votes, is not compared: when and where a file was
fetched, built, checked and published.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.published.query import QueryError, attach

# By how much a pair measure has to differ to be listed.
TOLERANCE = 0.01
# How many rows of each kind are listed unless all are asked for.
SHOWN = 5
# What share of the votes of a closed session a build may lose unnoticed.
LOSS = 0.01

# Of the run that published the file, not of its votes.
OF_THE_RUN = ("marts.publication", "marts.checks_log", "marts.changes", "marts.freshness")
# A new release of a source changes them in every row; the releases are compared themselves.
RELEASES = ("release", "releases")


@dataclass(frozen=True)
class Table:
    """A table that is compared row by row, by its key.

    `told` are the columns that tell a row to a person besides its key, `source` whether its roll
    call's source is told too, `shared` whether only rows of roll calls in both files count: the
    others are told as roll calls already.
    """

    what: str
    name: str
    key: tuple[str, ...]
    told: tuple[str, ...] = ()
    ignored: tuple[str, ...] = RELEASES
    source: bool = False
    shared: bool = False


TABLES = (
    Table(
        "source files",
        "raw.releases",
        ("source", "file"),
        ("release",),
        ignored=("url", "landed_at"),
    ),
    Table("roll calls", "marts.dim_roll_calls", ("roll_call_id",), ("vote_date", "source")),
    Table("votes", "marts.fct_votes", ("roll_call_id", "state"), ("vote",), source=True),
    Table("member states", "marts.dim_member_states", ("state", "member_from"), ("name",)),
    Table("topics", "marts.dim_topics", ("scheme", "topic"), ("name",)),
    Table(
        "topics of roll calls",
        "marts.bridge_roll_call_topics",
        ("roll_call_id", "scheme", "topic"),
        shared=True,
    ),
)
HOWS = ("added", "removed", "changed")


@dataclass(frozen=True)
class Change:
    """One kind of change: how many rows, and the first of them, or all."""

    what: str
    count: int
    rows: tuple[dict[str, Any], ...]

    @property
    def example(self) -> str:
        """The first row in words."""
        return in_words(self.rows[0])


@dataclass(frozen=True)
class Loss:
    """A closed session that has lost votes, with the votes of each source before and after."""

    session: str
    before: dict[str, int]
    after: dict[str, int]

    def __str__(self) -> str:
        sources = "; ".join(
            f"{source} {self.before.get(source, 0):,} before, {self.after.get(source, 0):,} now"
            for source in sorted({*self.before, *self.after})
        )
        return (
            f"session {self.session} had {sum(self.before.values()):,} votes and has "
            f"{sum(self.after.values()):,} ({sources})"
        )


def compare(
    old: Path, new: Path, tolerance: float = TOLERANCE, shown: int | None = SHOWN
) -> list[Change]:
    """What differs, a kind of change each, with the first rows of it, or all; empty if nothing.

    What only one of the files has a table or column for is told as such, and not compared further.
    Raises QueryError if a file can't be read.
    """
    if old.samefile(new):
        return []
    with _both(old, new) as connection:
        columns = _columns(connection)
        found = list(_schema_changes(connection, shown))
        for table in TABLES:
            found += _row_changes(connection, columns, table, shown)
        found += _moved_measures(connection, columns, tolerance, shown)
        found += _other_tables(connection, columns, shown)
        return found


def losses(old: Path, new: Path, share: float = LOSS) -> list[Loss]:
    """The closed sessions of which the new file has lost more than a share of the votes.

    Raises QueryError if a file can't be read.
    """
    with _both(old, new) as connection:
        columns = _columns(connection)
        if not {"marts.fct_votes", "marts.dim_roll_calls", "seeds.assembly_sessions"} <= set(
            columns
        ):
            return []
        rows = connection.execute(_VOTES_OF_CLOSED_SESSIONS, {"kept": 1 - share}).fetchall()
    lost: dict[str, Loss] = {}
    for session, source, before, after in rows:
        loss = lost.setdefault(session, Loss(session, {}, {}))
        loss.before[source], loss.after[source] = before, after
    return list(lost.values())


# A session without a last day in the seed is closed if a later regular one has votes. A roll call
# that another source puts into another session is not lost: the new file has its votes on the same
# day.
_VOTES_OF_CLOSED_SESSIONS = """
    with counted as (
        select session, source, vote_date, count(*) as votes, 0 as now
        from old.marts.fct_votes inner join old.marts.dim_roll_calls using (roll_call_id)
        where vote <> 'absent' group by all
        union all
        select session, source, vote_date, 0, count(*)
        from new.marts.fct_votes inner join new.marts.dim_roll_calls using (roll_call_id)
        where vote <> 'absent' group by all
    ),

    by_source as (
        select session, source, sum(votes)::integer as before, sum(now)::integer as after
        from counted group by all
    ),

    new_days as (
        select vote_date, sum(now) as votes from counted group by vote_date
    ),

    old_days as (
        select session, vote_date, sum(votes) as votes from counted group by all
    ),

    missing as (
        select session, sum(greatest(0, old_days.votes - coalesce(new_days.votes, 0))) as votes
        from old_days left join new_days using (vote_date)
        group by session
    )

    select session, by_source.source, before, after
    from by_source
    left join new.seeds.assembly_sessions as sessions using (session)
    left join missing using (session)
    where
        sessions.closed is not null
        or try_cast(session as integer) < (select max(try_cast(session as integer)) from counted)
    window of_session as (partition by session)
    qualify
        sum(after) over of_session < $kept * sum(before) over of_session
        and sum(before) over of_session - missing.votes < $kept * sum(before) over of_session
    order by try_cast(session as integer), session, by_source.source
"""


@contextmanager
def _both(old: Path, new: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads both files, as `old` and `new`; DuckDB's errors as QueryError."""
    with duckdb.connect() as connection:
        try:
            connection.execute("set enable_progress_bar = false")
            for name, file in (("old", old), ("new", new)):
                # DuckDB would create a file that is not there.
                if not file.exists():
                    raise QueryError(f"There is no {file}.")
                attach(connection, file, name)
            yield connection
        except duckdb.Error as wrong:
            line = str(wrong).partition("\n")[0]
            raise QueryError(f"{old} and {new} can't be compared: {line}") from wrong


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The tables and views of both files, with the columns of one type in both."""
    rows = connection.execute(
        """
        select name, list(column_name order by place)
        from (
            select
                schema_name || '.' || table_name as name, column_name,
                min(column_index) as place
            from duckdb_columns() where database_name in ('old', 'new') and not internal
            group by name, column_name, data_type having count(*) = 2
        )
        group by name
        """
    ).fetchall()
    return dict(rows)


def _change(
    connection: duckdb.DuckDBPyConnection, what: str, sql: str, shown: int | None
) -> Iterator[Change]:
    """A kind of change, if a query finds any row of it."""
    relation = connection.sql(sql)
    ((count,),) = relation.aggregate("count(*)").fetchall()
    if count:
        first = relation if shown is None else relation.limit(max(shown, 1))
        rows = (dict(zip(relation.columns, row, strict=True)) for row in first.fetchall())
        yield Change(what, count, tuple(rows))


def _schema_changes(connection: duckdb.DuckDBPyConnection, shown: int | None) -> Iterator[Change]:
    """Tables, views, functions and their columns or arguments."""
    run = ", ".join(f"'{name}'" for name in OF_THE_RUN)
    connection.execute(
        f"""
        create or replace temp table parts as
        select
            database_name as file, schema_name || '.' || table_name as name,
            column_name as part,
            -- Which values an enum has are data.
            if(starts_with(data_type, 'ENUM('), 'ENUM', data_type) as type
        from duckdb_columns()
        where database_name in ('old', 'new') and not internal and name not in ({run})
        union
        -- A function without arguments still has a row.
        select
            database_name, schema_name || '.' || function_name || '()',
            unnest(if(len(parameters) > 0, parameters, [''])), ''
        from duckdb_functions() where database_name in ('old', 'new') and not internal
        """
    )
    for how, here, there in (("added", "new", "old"), ("removed", "old", "new")):
        yield from _change(
            connection,
            f"tables {how}",
            f"""
            select distinct name as "table" from parts where file = '{here}'
            and name not in (select name from parts where file = '{there}') order by name
            """,
            shown,
        )
        yield from _change(
            connection,
            f"columns {how}",
            f"""
            select name as "table", part as "column", type from parts where file = '{here}'
            and name in (select name from parts where file = '{there}')
            and (name, part) not in (select (name, part) from parts where file = '{there}')
            order by all
            """,
            shown,
        )
    yield from _change(
        connection,
        "columns changed",
        """
        select
            name as "table", part as "column",
            [{'column': 'type', 'before': old.type, 'after': new.type}] as changed
        from (from parts where file = 'old') as old
        inner join (from parts where file = 'new') as new using (name, part)
        where old.type <> new.type order by all
        """,
        shown,
    )


def _row_changes(
    connection: duckdb.DuckDBPyConnection,
    columns: dict[str, list[str]],
    table: Table,
    shown: int | None,
) -> Iterator[Change]:
    """Rows added, removed and changed, the latter with each column's value before and after."""
    there = columns.get(table.name, [])
    if not set(table.key) <= set(there):
        return
    compared = [name for name in there if name not in (*table.key, *table.ignored)]
    told = [name for name in table.told if name in there]
    calls = "roll_call_id" in columns.get("marts.dim_roll_calls", [])
    by_source = table.source and calls and "source" in columns["marts.dim_roll_calls"]
    differs = " or ".join(f"old.{name} is distinct from new.{name}" for name in compared)
    parts = [
        f"{{'column': '{name}', 'before': old.{name}::varchar, 'after': new.{name}::varchar}}"
        for name in compared
    ]
    shared = "where roll_call_id in (from shared)" if table.shared and calls else ""
    if shared:
        connection.execute(
            "create or replace temp table shared as select roll_call_id from "
            "old.marts.dim_roll_calls semi join new.marts.dim_roll_calls using (roll_call_id)"
        )
    key, first = ", ".join(table.key), table.key[0]
    connection.execute(
        f"""
        create or replace temp table differing as
        select
            {key},
            {"".join(f"coalesce(new.{name}, old.{name}) as {name}," for name in told)}
            case
                when old.{first} is null then 'added' when new.{first} is null then 'removed'
                else 'changed'
            end as how,
            {_list_of_changed(parts)} as changed
        from (from old.{table.name} {shared}) as old
        full join (from new.{table.name} {shared}) as new using ({key})
        where old.{first} is null or new.{first} is null or {differs or "false"}
        """
    )
    source = "coalesce(was.source, becomes.source) as source" if by_source else ""
    joined = (
        "left join old.marts.dim_roll_calls as was using (roll_call_id) "
        "left join new.marts.dim_roll_calls as becomes using (roll_call_id)"
        if by_source
        else ""
    )
    for how in HOWS:
        listed = [f"differing.{name}" for name in (*table.key, *told)]
        listed += [source] if source else []
        listed += ["changed"] if how == "changed" else []
        yield from _change(
            connection,
            f"{table.what} {how}",
            f"select {', '.join(listed)} from differing {joined} where how = '{how}' "
            f"order by {', '.join(f'differing.{name}' for name in table.key)}",
            shown,
        )


def _list_of_changed(parts: Sequence[str]) -> str:
    """SQL for the columns that differ, of all that are compared."""
    if not parts:
        return "[]"
    return f"[part for part in [{', '.join(parts)}] if part.before is distinct from part.after]"


def _moved_measures(
    connection: duckdb.DuckDBPyConnection,
    columns: dict[str, list[str]],
    tolerance: float,
    shown: int | None,
) -> Iterator[Change]:
    """Pairs and years whose agreement moved, the farthest first; those in one file only are not."""
    view = "marts.cohesion_by_pair_year_topic"
    needed = {"state", "partner", "year", "scheme", "topic", "agreement_half"}
    if not needed <= set(columns.get(view, [])):
        return
    of_file = (
        "(select state, partner, year, agreement_half from {}.{} "
        "where scheme = 'study' and topic = 'all' and state < partner)"
    )
    yield from _change(
        connection,
        "pair measures moved",
        f"""
        select
            state, partner, year,
            [{{
                'column': 'agreement_half',
                'before': round(old.agreement_half, 4)::varchar,
                'after': round(new.agreement_half, 4)::varchar
            }}] as changed
        from {of_file.format("old", view)} as old
        inner join {of_file.format("new", view)} as new using (state, partner, year)
        where abs(new.agreement_half - old.agreement_half) > {float(tolerance)!r}
        order by abs(new.agreement_half - old.agreement_half) desc, state, partner, year
        """,
        shown,
    )


def _other_tables(
    connection: duckdb.DuckDBPyConnection, columns: dict[str, list[str]], shown: int | None
) -> Iterator[Change]:
    """Tables of the marts, seeds and estimates that are not compared row by row, but differ."""
    from orchestration.sources.schemas import ESTIMATES

    row_by_row = {table.name for table in TABLES}
    stored = connection.execute(
        "select schema_name || '.' || table_name as name from duckdb_tables() "
        "where database_name in ('old', 'new') group by name having count(*) = 2 order by name"
    ).fetchall()
    rows = []
    for (name,) in stored:
        of_votes = name.startswith(("marts.", "seeds.")) or name.removeprefix("raw.") in ESTIMATES
        if not of_votes or name in OF_THE_RUN or name in row_by_row:
            continue
        compared = [column for column in columns.get(name, []) if column not in RELEASES]
        counts = [
            connection.sql(
                f"select count(*), sum(hash({', '.join(compared)})) from {file}.{name}"
                if compared
                else f"select count(*), 0 from {file}.{name}"
            ).fetchall()
            for file in ("old", "new")
        ]
        if counts[0] != counts[1]:
            before, after = (f"{rows_there:,}" for ((rows_there, _),) in counts)
            rows.append(
                {
                    "table": name,
                    "changed": [{"column": "rows", "before": before, "after": after}],
                }
            )
    if rows:
        yield Change(
            "other tables changed", len(rows), tuple(rows if shown is None else rows[:shown])
        )


def in_words(row: dict[str, Any]) -> str:
    """A row in one line: what identifies it, then each value before and after."""
    parts = row.get("changed") or ()
    # A column that changed is told by its value before and after.
    apart = {"changed", *(part["column"] for part in parts)}
    named = ", ".join(str(value) for name, value in row.items() if name not in apart)
    moved = "; ".join(
        f"{part['column']} {_value(part['before'])} → {_value(part['after'])}" for part in parts
    )
    return f"{named}: {moved}" if moved else named


def _value(value: str | None) -> str:
    return "nothing" if value is None else " ".join(value.split()) or "''"


def counted(changes: Sequence[Change]) -> str:
    """How many of each kind, in one line."""
    return "; ".join(f"{change.count:,} {change.what}" for change in changes) or "nothing"


def as_markdown(title: str, of: str, changes: Sequence[Change]) -> str:
    """A page: which files, the counts, then the listed rows of each kind."""
    lines = [f"# {title}", "", of, ""]
    if not changes:
        return "\n".join([*lines, "Nothing differs.", ""])
    lines += ["| what | how many |", "|---|---:|"]
    lines += [f"| {change.what} | {change.count:,} |" for change in changes]
    for change in changes:
        words = (in_words(row).replace("|", "\\|") for row in change.rows)
        lines += ["", f"## {change.count:,} {change.what}", "", *(f"- {row}" for row in words)]
        if change.count > len(change.rows):
            lines.append(f"- and {change.count - len(change.rows):,} more")
    return "\n".join([*lines, ""])

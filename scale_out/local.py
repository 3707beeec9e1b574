"""The engine `local`: DuckDB finds the groups, numpy counts them, one after another.

Belongs here: reading Parquet in DuckDB, the votes as one matrix on disk, the loop over groups. Not
here: what is read (votes.py), grouped (groups.py) or counted (counting.py).

Memory stays bounded: DuckDB spills beyond its limit, votes are a file that the system maps, groups
and their pairs are streamed.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from scale_out.asked import Asked, Counted, Tell
from scale_out.counting import Group, count_group, rows_of_chunk, schema
from scale_out.groups import groups, schemes_of
from scale_out.output import Partitions
from scale_out.votes import (
    CODE,
    FILE,
    FILES,
    ROLL_CALLS,
    ROW,
    PairsError,
    queries,
    refuse_two_votes,
    refuse_wrong_rows,
)

MEMORY = "800MB"
GROUPS_AT_ONCE = 500


@dataclass(frozen=True)
class _Placed:
    """The votes of a chamber: members, roll calls, and a matrix on disk of these by those.

    A cell is the code of the vote plus one, and 0 where there is none, as in a file never written.
    """

    roll_calls: list[str]
    members: list[str]
    cells: np.ndarray

    def chunks(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        at_once = rows_of_chunk(len(self.members))
        for start in range(0, len(rows), at_once):
            yield self.cells[rows[start : start + at_once]] - np.int8(1)


def count(asked: Asked, folder: Path, tell: Tell) -> Counted:
    """Count all groups into an empty folder; raises PairsError for what is wrong in the input."""
    with (
        tempfile.TemporaryDirectory(dir=folder.parent) as scratch,
        duckdb.connect(
            f"{scratch}/scratch.duckdb",
            config={"memory_limit": MEMORY, "temp_directory": f"{scratch}/spilled"},
        ) as connection,
    ):
        connection.execute("set enable_progress_bar = false")
        try:
            schemes = _read(connection, asked)
            return _count(connection, asked, schemes, folder, Path(scratch), tell)
        except duckdb.Error as wrong:
            said = " ".join(str(wrong).split())
            raise PairsError(f"{asked.source} can't be counted: {said}") from None


def _read(connection: duckdb.DuckDBPyConnection, asked: Asked) -> tuple[str, ...]:
    """Make the tables votes, topics and roll_calls; the schemes to count by."""
    columns = {}
    for name in FILES:
        found = _parquet(Path(asked.source), name)
        if not found:
            continue
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in found)
        connection.execute(
            f"create view given_{name} as select * exclude (filename, file_row_number), "
            f"filename as {FILE}, file_row_number as {ROW} "
            f"from read_parquet([{listed}], filename = true, file_row_number = true)"
        )
        described = connection.execute(f"describe given_{name}").fetchall()
        columns[name] = {column: kind for column, kind, *_ in described}
    texts = queries(asked.source, columns)
    connection.execute(f"create view votes as {texts['votes']}")
    connection.execute(f"create table topics as {texts['topics']}")
    connection.execute(f"create table roll_calls as {ROLL_CALLS}")

    def rows(sql: str) -> list[tuple[object, ...]]:
        return connection.execute(sql).fetchall()

    refuse_wrong_rows(rows)
    asked.refuse_unusable(rows)
    return schemes_of([str(one) for (one,) in rows("select distinct scheme from topics")],
                      asked.schemes)  # fmt: skip


def _parquet(source: Path, name: str) -> list[Path]:
    single, several = source / f"{name}.parquet", source / name
    if single.is_file():
        return [single]
    return sorted([*single.rglob("*.parquet"), *several.rglob("*.parquet")])


def _count(
    connection: duckdb.DuckDBPyConnection,
    asked: Asked,
    schemes: tuple[str, ...],
    folder: Path,
    scratch: Path,
    tell: Tell,
) -> Counted:
    placed = _place(connection, scratch)
    connection.execute(
        f"""
        create table groups as
        select chamber, scheme, topic, period, list(places.place order by places.place) as places
        from ({groups(asked.period, schemes)}) as grouped
        inner join places using (chamber, roll_call)
        group by all
        """
    )
    ((number,),) = connection.execute("select count(*) from groups").fetchall()
    if not number:
        raise PairsError("No roll call to count: the topics name none that has votes.")
    # Another cursor, since a result is read while nothing else runs on its connection.
    ordered = connection.cursor().sql("from groups order by scheme, period, chamber, topic")
    done = 0
    with Partitions(folder, schema(asked.resampling)) as written:
        for batch in ordered.to_arrow_reader(GROUPS_AT_ONCE):
            names = [batch.column(name).to_pylist() for name in batch.schema.names[:4]]
            for key, places in zip(zip(*names, strict=True), batch.column("places"), strict=True):
                tell(done, number)
                votes, rows = placed[key[0]], places.values.to_numpy()
                group = Group(
                    key,
                    [votes.roll_calls[row] for row in rows],
                    votes.members,
                    lambda votes=votes, rows=rows: votes.chunks(rows),  # type: ignore[misc]
                )
                written.write((key[1], key[3]), count_group(group, asked.resampling))
                done += 1
        tell(done, number)
    return Counted(number, written.rows, schemes)


def _place(connection: duckdb.DuckDBPyConnection, scratch: Path) -> dict[str, _Placed]:
    """Write the votes of each chamber into a matrix; the table `places` numbers its roll calls."""
    connection.execute(
        """
        create table places as
        select chamber, roll_call,
            row_number() over (partition by chamber order by roll_call) - 1 as place
        from roll_calls;
        create table members as
        select chamber, member, row_number() over (partition by chamber order by member) - 1 as seat
        from (select distinct chamber, member from votes)
        """
    )
    found = {}
    for nth, (chamber, roll_calls, members) in enumerate(
        connection.execute(
            """
            select chamber, roll_calls, members from
            (select chamber, list(roll_call order by place) as roll_calls
                from places group by chamber)
            inner join
            (select chamber, list(member order by seat) as members from members group by chamber)
                using (chamber)
            """
        ).fetchall()
    ):
        shape = len(roll_calls), len(members)
        cells = np.memmap(scratch / f"votes-{nth}", dtype=np.int8, mode="w+", shape=shape)
        votes = connection.cursor().sql(
            f"select places.place, members.seat, {CODE} + 1::tinyint as code from votes "
            "inner join places using (chamber, roll_call) "
            "inner join members using (chamber, member) where chamber = ?",
            params=[chamber],
        )
        rows = 0
        for batch in votes.to_arrow_reader(1_000_000):
            place, seat, code = (column.to_numpy() for column in batch.columns)
            cells[place, seat] = code
            rows += batch.num_rows
        if sum(np.count_nonzero(part) for part in _parts(cells)) < rows:
            refuse_two_votes(lambda sql: connection.execute(sql).fetchall())
        found[chamber] = _Placed(roll_calls, members, cells)
    return found


def _parts(cells: np.ndarray) -> Iterator[np.ndarray]:
    at_once = rows_of_chunk(cells.shape[1])
    for start in range(0, len(cells), at_once):
        yield cells[start : start + at_once]

"""The pair kernel compared with a plain self-join in SQL and the bound of bare matrix products.

Belongs here: three ways to the same pair counts, checked equal and timed side by side. Not here:
the kernel itself (dbt_project/kernel).
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from dbt_project.kernel import pair_counts

VOTES = "select roll_call_id, state, vote from intermediate.int_resolution_votes"
TOPICS = "select roll_call_id, scheme, topic, year, session from intermediate.int_resolution_topics"
CELLS = {
    first[0] + second[0]: (first, second)
    for first in pair_counts.VOTES[:3]
    for second in pair_counts.VOTES[:3]
}
COMMON = ("state_a", "state_b", "year", "scheme", "topic", *pair_counts.CELLS, "n")


def kernel(votes: pa.Table, topics: pa.Table, target: duckdb.DuckDBPyConnection) -> None:
    """The project's kernel, streamed into a table, and the view through which users read it."""
    target.register("topics", topics)
    target.execute(
        """
        create table sets as
        select row_number() over ()::integer as set_id, scheme, topic, year,
            list(roll_call_id) as roll_calls
        from topics group by all
        """
    )
    sets = target.sql("select set_id, roll_calls from sets order by set_id").to_arrow_table()
    target.register("counted", pair_counts.pair_counts(votes, sets))
    target.execute("create table pair_counts as select * from counted")
    target.unregister("counted")
    target.unregister("topics")
    target.execute(
        f"create view kernel as select *, {' + '.join(pair_counts.CELLS)} as n "
        "from sets inner join pair_counts using (set_id)"
    )


def self_join(votes: pa.Table, topics: pa.Table, target: duckdb.DuckDBPyConnection) -> None:
    """What a user writes first: votes joined with themselves by roll call, then grouped."""
    target.register("votes", votes)
    target.register("topics", topics)
    counted = ", ".join(
        f"count(*) filter (a.vote = '{first}' and b.vote = '{second}')::integer as {cell}"
        for cell, (first, second) in CELLS.items()
    )
    target.execute(
        f"""
        create or replace table self_join as
        select a.state as state_a, b.state as state_b, topics.year, topics.scheme, topics.topic,
            {counted}, count(*)::integer as n
        from topics
        inner join votes as a using (roll_call_id)
        inner join votes as b on a.roll_call_id = b.roll_call_id and a.state < b.state
        where a.vote <> 'absent' and b.vote <> 'absent'
        group by all
        """
    )
    target.unregister("votes")
    target.unregister("topics")


def limit(votes: pa.Table, topics: pa.Table, target: duckdb.DuckDBPyConnection) -> None:
    """The lower bound: nine products of 0/1 matrices per period and topic, written unchanged.

    States, schemes and topics stay numbers; absences and unanimity are not counted.
    """
    roll_call, roll_calls = _coded(votes["roll_call_id"])
    state, states = _coded(votes["state"])
    placed = np.full((len(roll_calls), len(states)), -1, dtype=np.int8)
    order = {vote: code for code, vote in enumerate(pair_counts.VOTES)}
    placed[roll_call, state] = np.array([order[vote] for vote in votes["vote"].to_pylist()])
    index = {name: position for position, name in enumerate(roll_calls)}
    groups: dict[tuple[str, str, int], list[int]] = {}
    names = ("roll_call_id", "scheme", "topic", "year")
    for key in zip(*(topics[name].to_pylist() for name in names), strict=True):
        groups.setdefault(key[1:], []).append(index[key[0]])
    first, second = np.triu_indices(len(states), k=1)

    def batches() -> Iterator[pa.RecordBatch]:
        for group, rows in enumerate(groups.values()):
            chosen = placed[rows]
            hot = [(chosen == value).astype(np.float32) for value in range(3)]
            cells: list[np.ndarray] = [
                (a.T @ b)[first, second].astype(np.int32) for a in hot for b in hot
            ]
            n = np.asarray(sum(cells), dtype=np.int32)
            kept = n > 0
            yield pa.record_batch(
                [first[kept], second[kept], np.full(kept.sum(), group)]
                + [cell[kept] for cell in cells]
                + [n[kept]],
                names=["state_a", "state_b", "of_group", *CELLS, "n"],
            )

    with threadpool_limits(limits=1, user_api="blas"):
        stream = batches()
        head = next(stream)
        reader = pa.RecordBatchReader.from_batches(head.schema, _chain(head, stream))
        target.register("counted", reader)
        target.execute("create or replace table at_least as select * from counted")
        target.unregister("counted")


def _chain(head: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield head
    yield from rest


def _coded(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    coded = column.combine_chunks().dictionary_encode()
    return coded.indices.to_numpy(), coded.dictionary.to_pylist()


def measure(published: Path, repeats: int = 3) -> list[tuple[str, float, float]]:
    """Time the three ways on the votes of a published file.

    Returns rows of (way, median seconds, ratio to the bound). Raises AssertionError if the kernel
    and the self-join do not count the same.
    """
    with duckdb.connect(published, read_only=True) as source:
        votes = source.sql(VOTES).to_arrow_table()
        topics = source.sql(TOPICS).to_arrow_table()
    ways: dict[str, Callable[..., None]] = {
        "matrix products alone, the lower bound": limit,
        "the kernel": kernel,
        "self-join in SQL": self_join,
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        for repeat in range(repeats):
            for way, run in ways.items():
                file = Path(folder) / f"{run.__name__}{repeat}.duckdb"
                with duckdb.connect(file) as target:
                    target.execute("set enable_progress_bar = false")
                    # As in the build (profiles.yml), the same for all three.
                    target.execute("set preserve_insertion_order = false")
                    start = time.perf_counter()
                    run(votes, topics, target)
                    target.execute("checkpoint")
                    times[way].append(time.perf_counter() - start)
        with duckdb.connect(Path(folder) / "kernel0.duckdb", read_only=True) as one:
            one.execute(f"attach '{folder}/self_join0.duckdb' as other (read_only)")
            columns = ", ".join(COMMON)
            ((differing,),) = one.sql(
                f"""
                select count(*) from (
                    (select {columns} from kernel where n > 0
                     except all select {columns} from other.self_join)
                    union all
                    (select {columns} from other.self_join
                     except all select {columns} from kernel where n > 0)
                )
                """
            ).fetchall()
    assert differing == 0, f"{differing} rows of the kernel and the self-join differ"
    medians = {way: statistics.median(seconds) for way, seconds in times.items()}
    least = medians["matrix products alone, the lower bound"]
    return [(way, seconds, seconds / least) for way, seconds in medians.items()]

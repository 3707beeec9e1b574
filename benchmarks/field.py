"""The usual recipe, on growing slices of the real votes, compared with the kernel on all of them.

The recipe: cross every state with every state and roll call, join the votes of both, keep the rows
where both voted, group. It is pandas here; users commonly write it in R.

Belongs here: the recipe and its comparison. Not here: the other ways to count (pairs.py).
"""

import sys
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.pairs import TOPICS, VOTES
from benchmarks.tables import megabytes, seconds, table
from benchmarks.watch import Watched, watch

TITLE = "Compared with the usual recipe"
SLICES = (50, 100, 200, 400)
SLICE = f"""
    with chosen as (
        select roll_call_id from ({TOPICS}) where topic = 'all' and scheme = 'study'
        order by year desc, roll_call_id limit $roll_calls
    )
    select roll_call_id, state, vote from ({VOTES}) semi join chosen using (roll_call_id)
    where vote <> 'absent'
"""
COUNTED = """
    select a.state as state_a, b.state as state_b, count(*) as n,
        count(*) filter (a.vote = b.vote) as alike
    from votes as a inner join votes as b using (roll_call_id)
    where a.state <> b.state
    group by all order by all
"""


def section(published: Path, slices: tuple[int, ...] = SLICES) -> str:
    """Run the recipe on each slice and extrapolate; run the kernel on everything.

    Raises AssertionError if the recipe and a self-join in SQL do not count the same.
    """
    with duckdb.connect(published, read_only=True) as connection:
        ((everything, groups),) = connection.sql(
            f"""
            select count(distinct roll_call_id),
                count(*) / count(*) filter (scheme = 'study' and topic = 'all')
            from ({TOPICS})
            """
        ).fetchall()
    runs = {size: _alone("recipe", published, size) for size in slices}
    ours = _alone("ours", published, 0)
    whole = [
        _extrapolated(slices, [getattr(run, what) for run in runs.values()], everything)
        for what in ("seconds", "peak")
    ]
    rows = [
        [f"the recipe, {size} roll calls, one topic", seconds(run.seconds), megabytes(run.peak)]
        for size, run in runs.items()
    ]
    rows += [
        [f"the recipe, {everything:,} roll calls, one topic: extrapolated"]
        + [seconds(whole[0]), megabytes(whole[1])],
        [f"the same, a roll call in {groups:.1f} topics: extrapolated"]
        + [seconds(whole[0] * groups), megabytes(whole[1])],
        [f"the kernel, {everything:,} roll calls, every topic, written to a file: measured"]
        + [seconds(ours.seconds), megabytes(ours.peak)],
    ]
    return (
        f"{table(['what', 'seconds', 'peak memory'], rows)}\n"
        "Each row is a process of its own, including start-up. The extrapolation is a straight "
        "line through the slices, and a generous one: it assumes that memory suffices. By it, the "
        f"kernel is {whole[0] * groups / ours.seconds:,.0f} times as fast.\n"
    )


def _extrapolated(sizes: tuple[int, ...], measured: list[float], size: int) -> float:
    slope, intercept = np.polyfit(sizes, measured, 1)
    return float(slope * size + intercept)


def _alone(way: str, published: Path, size: int) -> Watched:
    run = watch([sys.executable, "-m", "benchmarks.field", way, str(published), str(size)])
    if run.returncode:
        raise AssertionError(run.said)
    return run


def recipe(published: Path, roll_calls: int) -> None:
    """Count by the recipe, and compare with the counts of a self-join in SQL."""
    import pandas as pd

    with duckdb.connect(published, read_only=True) as connection:
        votes = connection.sql(SLICE, params={"roll_calls": roll_calls}).to_arrow_table()
        connection.register("votes", votes)
        expected = connection.sql(COUNTED).to_arrow_table()
    given = pd.DataFrame(votes.to_pydict())
    states = pd.Series(given["state"].unique(), name="state")
    expanded = states.to_frame("state_a").merge(states.to_frame("state_b"), how="cross")
    expanded = expanded.merge(given[["roll_call_id"]].drop_duplicates(), how="cross")
    for side in ("a", "b"):
        renamed = given.rename(columns={"state": f"state_{side}", "vote": f"vote_{side}"})
        expanded = expanded.merge(renamed, on=["roll_call_id", f"state_{side}"], how="left")
    both = expanded[
        expanded["vote_a"].notna()
        & expanded["vote_b"].notna()
        & (expanded["state_a"] != expanded["state_b"])
    ]
    counted = (
        both.assign(alike=both["vote_a"] == both["vote_b"])
        .groupby(["state_a", "state_b"], as_index=False)
        .agg(n=("alike", "size"), alike=("alike", "sum"))
        .sort_values(["state_a", "state_b"])
    )
    assert counted.to_dict("list") == expected.to_pydict(), "the recipe counts otherwise"


def ours(published: Path) -> None:
    """Count everything by the kernel and write it to a file."""
    import tempfile

    from benchmarks.pairs import kernel

    with tempfile.TemporaryDirectory() as folder:
        with duckdb.connect(published, read_only=True) as source:
            votes = source.sql(VOTES).to_arrow_table()
            topics = source.sql(TOPICS).to_arrow_table()
        with duckdb.connect(Path(folder) / "counted.duckdb") as target:
            kernel(votes, topics, target)


if __name__ == "__main__":
    way, file, size = sys.argv[1:]
    if way == "recipe":
        recipe(Path(file), int(size))
    else:
        ours(Path(file))

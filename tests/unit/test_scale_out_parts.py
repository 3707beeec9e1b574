"""Groups, windows, chunks and resampling against plain definitions, on a few votes.

Belongs here: what needs no published file and no Spark. Not here: the sample's pairs
(integration/test_scale_out.py), or executors (integration/test_scale_out_spark.py).
"""

import tracemalloc
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from dbt_project.kernel.pair_counts import VOTES
from scale_out import counting
from scale_out.asked import Asked
from scale_out.counting import COUNTS, Group, Resampling, count_group, count_packed, draws
from scale_out.groups import Period, period_named
from scale_out.pairs import count_pairs
from scale_out.votes import PairsError

CHANCE = np.random.default_rng(11)
MEMBERS = [f"M{nth}" for nth in range(6)]
FIRST = date(2023, 11, 20)


@pytest.fixture(scope="module")
def votes() -> pl.DataFrame:
    """Two chambers, thirty roll calls each on days that repeat and are apart; some no members."""
    rows = []
    for chamber in ("Diet", "Senate"):
        for nth in range(30):
            day = FIRST + timedelta(days=int(CHANCE.integers(0, 90)))
            for member in MEMBERS:
                vote = CHANCE.choice([*VOTES, ""])
                if vote:
                    rows.append((chamber, nth, member, vote, day, f"S{day.year}"))
    columns = ["chamber", "roll_call", "member", "vote", "day", "session"]
    return pl.DataFrame(rows, schema=columns, orient="row")


@pytest.fixture(scope="module")
def topics(votes) -> pl.DataFrame:
    listed = votes.select("chamber", "roll_call").unique(maintain_order=True)
    kept = [
        (*row, scheme, topic)
        for row in listed.rows()
        for scheme, topic in (("area", "all"), ("area", f"t{row[1] % 3}"), ("kind", "final"))
    ]
    return pl.DataFrame(kept, schema=["chamber", "roll_call", "scheme", "topic"], orient="row")


@pytest.fixture(scope="module")
def source(votes, topics, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("chambers")
    votes.write_parquet(folder / "votes.parquet")
    topics.write_parquet(folder / "roll_call_topics.parquet")
    return folder


def counted(source: Path, target: Path, period: str, **settings) -> dict:
    """The rows of a result by chamber, scheme, topic, period and the pair."""
    count_pairs(Asked(str(source), str(target), period_named(period), **settings))
    with duckdb.connect() as connection:
        rows = connection.sql(
            f"from read_parquet('{target}/*/*/*.parquet', hive_partitioning = true, "
            "hive_types_autocast = false)"
        ).pl()
    key = ("chamber", "scheme", "topic", "period", "member_a", "member_b")
    return {tuple(row[name] for name in key): row for row in rows.to_dicts()}


def by_loops(votes: pl.DataFrame, roll_calls: list) -> dict:
    """Counts of each pair on some roll calls, given as often as they are drawn."""
    cast: dict = {}
    for roll_call, member, vote in votes.select("roll_call", "member", "vote").rows():
        cast.setdefault(roll_call, {})[member] = vote
    found: dict = {}
    for roll_call in roll_calls:
        voted = {vote for vote in cast[roll_call].values() if vote != "absent"}
        for a, b in combinations(sorted(cast[roll_call]), 2):
            row = found.setdefault((a, b), dict.fromkeys(COUNTS, 0))
            one, other = cast[roll_call][a], cast[roll_call][b]
            if "absent" in (one, other):
                kind = "both" if one == other else "a" if one == "absent" else "b"
                row[f"absent_{kind}"] += 1
                row["absent_either"] += 1
            else:
                row[one[0] + other[0]] += 1
                row["n"] += 1
                row["unanimous"] += len(voted) == 1
    return found


def is_told(row: dict) -> bool:
    return row["n"] + row["absent_a"] + row["absent_b"] > 0


def periods_of(kind: str, day: date, days: list[date]) -> list[str]:
    """The periods of a roll call by their definition; `days` are those of its topic."""
    match kind:
        case "year":
            return [str(day.year)]
        case "session":
            return [f"S{day.year}"]
        case "month":
            return [f"{day:%Y-%m}"]
    length = int(kind.removeprefix("window:"))
    return [str(last) for last in days if 0 <= (last - day).days < length]


@pytest.mark.parametrize("kind", ["year", "session", "month", "window:1", "window:30"])
def test_groups_are_counted_as_defined(kind, votes, topics, source, tmp_path):
    found = counted(source, tmp_path / "out", kind)
    expected = {}
    days = {row[:2]: row[2] for row in votes.select("chamber", "roll_call", "day").rows()}
    groups: dict = {}
    for chamber, roll_call, scheme, topic in topics.rows():
        of_topic = topics.filter(chamber=chamber, scheme=scheme, topic=topic)["roll_call"]
        ends = sorted({days[chamber, other] for other in of_topic})
        for period in periods_of(kind, days[chamber, roll_call], ends):
            groups.setdefault((chamber, scheme, topic, period), []).append(roll_call)
    for key, roll_calls in groups.items():
        rows = by_loops(votes.filter(chamber=key[0]), roll_calls)
        expected |= {(*key, *pair): row for pair, row in rows.items() if is_told(row)}
    assert {key: {name: row[name] for name in COUNTS} for key, row in found.items()} == expected


@pytest.mark.parametrize("times", [7, 40])
def test_replicates_are_counts_of_drawn_roll_calls(times, votes, source, tmp_path):
    """Each replicate counted by loops over what was drawn; sums and squares over all of them."""
    resampling = Resampling(times, seed=5)
    found = counted(source, tmp_path / "out", "year", schemes=("kind",), resampling=resampling)
    key = ("Senate", "kind", "final", "2024")
    of_group = votes.filter(pl.col("day").dt.year() == 2024, chamber="Senate")
    # As texts, in the order of the alphabet.
    roll_calls = sorted({str(one) for one in of_group["roll_call"]})
    group = Group(key, roll_calls, MEMBERS, list)
    replicates = [
        by_loops(
            of_group.with_columns(pl.col("roll_call").cast(pl.String)),
            [
                name
                for name, often in zip(roll_calls, drawn, strict=True)
                for _ in range(int(often))
            ],
        )
        for some in draws(group, resampling)
        for drawn in some
    ]
    assert [sum(drawn.sum() for drawn in some) for some in draws(group, resampling)] == [
        times * len(roll_calls)
    ]
    none = dict.fromkeys(COUNTS, 0)
    pairs = [pair for *of_key, a, b in found for pair in [(a, b)] if tuple(of_key) == key]
    assert pairs
    for pair in pairs:
        for name in COUNTS:
            values = [replicate.get(pair, none)[name] for replicate in replicates]
            row = found[(*key, *pair)]
            assert row[f"{name}_sum"] == sum(values)
            assert row[f"{name}_squares"] == sum(value**2 for value in values)


def test_a_seed_and_a_group_have_draws_of_their_own():
    group = Group(("c", "s", "t", "2020"), ["b", "a", "d", "c"] * 5, [], list)
    other = Group(("c", "s", "t", "2021"), group.roll_calls, [], list)

    def drawn(of: Group, seed: int) -> np.ndarray:
        return np.concatenate(list(draws(of, Resampling(20, seed))))

    assert (drawn(group, 1) == drawn(group, 1)).all()
    assert (drawn(group, 1) != drawn(group, 2)).any()
    assert (drawn(group, 1) != drawn(other, 1)).any()


def packed(votes: np.ndarray, names: list[str], start: int = 0) -> pa.RecordBatch:
    """Roll calls in rows, with the votes of those who were members."""
    kind = pa.list_(pa.struct([("member", pa.string()), ("vote", pa.int8())]))
    lists = [
        [{"member": name, "vote": vote} for name, vote in zip(names, row, strict=True) if vote >= 0]
        for row in votes.tolist()
    ]
    roll_calls = [f"r{start + nth:05}" for nth in range(len(votes))]
    return pa.record_batch([pa.array(roll_calls), pa.array(lists, kind)], ["roll_call", "votes"])


KEY = ("c", "s", "t", "2020")


@pytest.mark.parametrize("times", [30, 60])
@pytest.mark.parametrize("in_chunk", [6, 40, 10_000])
def test_neither_chunks_nor_the_order_of_roll_calls_matter(in_chunk, times, monkeypatch):
    votes = CHANCE.integers(-1, 4, (50, 5)).astype(np.int8)
    names = ["e", "b", "d", "a", "c"]
    batches = [packed(votes[start : start + 10], names, start) for start in range(0, 50, 10)]
    order = np.argsort(names)
    whole = Group(
        KEY, [f"r{nth:05}" for nth in range(50)], sorted(names), lambda: [votes[:, order]]
    )
    resampling = Resampling(times, seed=3)
    expected = pa.Table.from_batches(count_group(whole, resampling))
    # The last ones first, as a worker may get them, and kept in a file.
    monkeypatch.setattr(counting, "NUMBERS_IN_MATRIX", in_chunk)
    monkeypatch.setattr(counting, "BYTES_IN_MEMORY", 1)
    assert pa.Table.from_batches(count_packed(KEY, batches[::-1], resampling)) == expected


def test_memory_stays_the_same_as_roll_calls_grow(monkeypatch):
    monkeypatch.setattr(counting, "BYTES_IN_MEMORY", 100_000)
    votes, names = (
        CHANCE.integers(0, 4, (100, 150)).astype(np.int8),
        [f"{n:03}" for n in range(150)],
    )
    batch = packed(votes, names)

    def peak(batches: int) -> int:
        tracemalloc.start()
        rows = sum(part.num_rows for part in count_packed(KEY, [batch] * batches, Resampling()))
        assert rows == 150 * 149 / 2
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(1)
    assert peak(80) < 1.2 * peak(8)


def test_no_topics_are_one_topic(votes, tmp_path):
    (tmp_path / "in").mkdir()
    votes.drop("session").write_parquet(tmp_path / "in" / "votes.parquet")
    found = counted(tmp_path / "in", tmp_path / "out", "year")
    assert {key[1:3] for key in found} == {("all", "all")}


def wrong(votes: pl.DataFrame, change: str) -> pl.DataFrame:
    match change:
        case "column":
            return votes.rename({"member": "deputy"})
        case "day":
            return votes.with_columns(pl.col("day").cast(pl.String))
        case "empty":
            return votes.with_columns(
                member=pl.when(pl.int_range(pl.len()) == 4).then(None).otherwise("member")
            )
        case "two votes":
            return pl.concat([votes, votes[3:4]])
        case "two days":
            return votes.with_columns(
                day=pl.when(pl.int_range(pl.len()) == 0).then(FIRST).otherwise("day")
            )
    return votes.with_columns(
        vote=pl.when(pl.int_range(pl.len()) == 9).then(pl.lit("aye")).otherwise("vote")
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("vote", r"votes\.parquet, row 10: the vote 'aye' is none of yes, abstain, no, absent"),
        ("empty", r"votes\.parquet, row 5: member is missing"),
        ("column", r"votes\.parquet has no column member: it needs chamber, .* has .*deputy"),
        ("day", "days of type VARCHAR: write them as dates"),
        ("two votes", r"row 4 and .*, row \d+: .* has two votes on roll call 0 of Diet. Leave one"),
        ("two days", "Roll call 0 of Diet is of 2023-11-20 and of "),
    ],
)
def test_what_is_wrong_is_named_in_one_line_and_nothing_is_written(change, says, votes, tmp_path):
    (tmp_path / "in").mkdir()
    wrong(votes, change).write_parquet(tmp_path / "in" / "votes.parquet")
    with pytest.raises(PairsError, match=says) as told:
        counted(tmp_path / "in", tmp_path / "out", "year")
    assert "\n" not in str(told.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_period_by_session_needs_sessions(votes, tmp_path):
    (tmp_path / "in").mkdir()
    votes.drop("session").write_parquet(tmp_path / "in" / "votes.parquet")
    with pytest.raises(PairsError, match="has no session"):
        counted(tmp_path / "in", tmp_path / "out", "session")


def test_an_earlier_result_stays_until_the_new_one_is_whole(source, votes, tmp_path):
    before = counted(source, tmp_path / "out", "year", schemes=("kind",))
    with pytest.raises(PairsError, match="No such scheme: none. The input has area, kind"):
        counted(source, tmp_path / "out", "month", schemes=("none",))
    assert len(list((tmp_path / "out").rglob("*.parquet"))) == 2
    after = counted(source, tmp_path / "out", "month", schemes=("area",))
    assert before and not set(before) & set(after)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    with pytest.raises(PairsError, match="holds something else"):
        counted(source, tmp_path / "mine", "year")


def test_periods_have_names():
    assert period_named("window:30") == Period("window", 30)
    assert [str(period_named(words)) for words in ("year", "window:7")] == ["year", "window:7"]
    for words in ("decade", "window", "window:0", "window:1.5"):
        with pytest.raises(PairsError, match="No such period"):
            period_named(words)

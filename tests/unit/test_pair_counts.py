"""The pair kernel against a count by hand and against plain loops over random votes."""

import sys
from itertools import combinations, product
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "dbt_project" / "kernel"))
import pair_counts  # noqa: E402

LETTER = {"yes": "y", "abstain": "a", "no": "n"}


def table(
    votes: list[tuple[str, str, str]], topics: list[tuple[str, str, str, int, str]]
) -> pl.DataFrame:
    """Count pairs of (roll call, state, vote) on (roll call, scheme, topic, year, session) rows."""
    counted = pair_counts.pair_counts(
        pa.table(
            dict(zip(("roll_call_id", "state", "vote"), zip(*votes, strict=True), strict=True))
        ),
        pa.table(
            dict(
                zip(
                    ("roll_call_id", "scheme", "topic", "year", "session"),
                    zip(*topics, strict=True),
                    strict=True,
                )
            )
        ),
    )
    return pl.from_arrow(counted.read_all()).with_columns(pl.col(pl.Categorical).cast(pl.String))


def counted_by_loops(votes, topics, period: str) -> dict:
    """The same by the definition: every pair on every roll call, one at a time."""
    by_roll_call: dict[str, dict[str, str]] = {}
    for roll_call, state, vote in votes:
        by_roll_call.setdefault(roll_call, {})[state] = vote
    counts: dict[tuple, dict[str, int]] = {}
    for roll_call, scheme, topic, year, session in topics:
        when = year if period == "year" else session
        states = by_roll_call[roll_call]
        cast = {vote for vote in states.values() if vote != "absent"}
        for a, b in combinations(sorted(states), 2):
            row = counts.setdefault(
                (a, b, when, scheme, topic), dict.fromkeys(pair_counts.COUNT_COLUMNS, 0)
            )
            if states[a] == "absent" or states[b] == "absent":
                both = states[a] == states[b]
                row[
                    "absent_both" if both else "absent_a" if states[a] == "absent" else "absent_b"
                ] += 1
            else:
                row["n"] += 1
                row[LETTER[states[a]] + LETTER[states[b]]] += 1
                row["unanimous"] += len(cast) == 1
    return {
        key: row for key, row in counts.items() if row["n"] + row["absent_a"] + row["absent_b"] > 0
    }


def test_the_first_letter_is_the_vote_of_the_state_first_in_the_alphabet():
    votes = [("r", "ZAF", "yes"), ("r", "ALB", "no"), ("r", "MLT", "absent")]
    rows = table(votes, [("r", "study", "all", 2000, "55")]).rows(named=True)
    assert [(row["state_a"], row["state_b"]) for row in rows] == [
        ("ALB", "MLT"),
        ("ALB", "ZAF"),
        ("MLT", "ZAF"),
    ]
    assert [row["ny"] for row in rows] == [0, 1, 0]
    assert [row["yn"] for row in rows] == [0, 0, 0]
    assert [row["absent_b"] for row in rows] == [1, 0, 0]
    assert [row["absent_a"] for row in rows] == [0, 0, 1]


def test_states_that_were_never_members_together_are_no_pair():
    votes = [("r1", "CSK", "yes"), ("r1", "USA", "yes"), ("r2", "CZE", "no"), ("r2", "USA", "no")]
    topics = [(roll_call, "study", "all", 2000, "55") for roll_call in ("r1", "r2")]
    counted = table(votes, topics)
    assert set(zip(counted["state_a"], counted["state_b"], strict=True)) == {
        ("CSK", "USA"),
        ("CZE", "USA"),
    }


VOTE = st.sampled_from(["yes", "abstain", "no", "absent", None])


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize("period", ["year", "session"])
def test_counts_equal_plain_loops_on_random_votes(period, data):
    states = ["AAA", "BBB", "CCC", "DDD"]
    roll_calls = [f"r{i}" for i in range(data.draw(st.integers(1, 6)))]
    votes = [
        (roll_call, state, vote)
        for roll_call in roll_calls
        for state in states
        if (vote := data.draw(VOTE)) is not None
    ]
    if not votes:
        return
    topics = [
        (roll_call, "study", topic, *when)
        for roll_call in sorted({vote[0] for vote in votes})
        for when in [data.draw(st.sampled_from(list(product([1999, 2000], ["54", "55"]))))]
        for topic in data.draw(st.sets(st.sampled_from(["all", "hr"]), min_size=1))
    ]
    found = {
        (row["state_a"], row["state_b"], row[period], row["scheme"], row["topic"]): {
            name: row[name] for name in pair_counts.COUNT_COLUMNS
        }
        for row in table(votes, topics).drop_nulls(period).iter_rows(named=True)
    }
    assert found == counted_by_loops(votes, topics, period)


def test_what_a_year_and_a_session_share_is_one_row():
    votes = [(roll_call, state, "yes") for roll_call in "rst" for state in ("AAA", "BBB")]
    topics = [("r", "study", "hr", 2000, "55"), ("s", "study", "co", 2000, "55")]
    assert table(votes, topics).select("topic", "year", "session").rows() == [
        ("co", 2000, "55"),
        ("hr", 2000, "55"),
    ]
    # A vote in the spring that follows is the session's and the next year's.
    topics.append(("t", "study", "hr", 2001, "55"))
    assert table(votes, topics).select("topic", "year", "session", "n").rows() == [
        ("co", 2000, "55", 1),
        ("hr", 2000, None, 1),
        ("hr", 2001, None, 1),
        ("hr", None, "55", 2),
    ]


@pytest.mark.parametrize("period", [1999, 2001])
def test_rows_are_ordered_so_that_a_reader_skips_other_topics(period):
    votes = [("r", state, "yes") for state in ("AAA", "BBB", "CCC")]
    topics = [("r", "voeten", "hr", period, "55"), ("r", "study", "all", period, "55")]
    keys = table(votes, topics).select("scheme", "topic", "year", "state_a", "state_b").rows()
    assert keys == sorted(keys)

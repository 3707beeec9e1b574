"""The pair kernel against a count by hand and against plain loops over random votes."""

from itertools import combinations

import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dbt_project.kernel import pair_counts

LETTER = {"yes": "y", "abstain": "a", "no": "n"}


def table(
    votes: list[tuple[str, str, str]], sets: list[tuple[int, list[str]]]
) -> list[dict[str, object]]:
    """Count pairs of (roll call, state, vote) on (number, roll calls) sets."""
    counted = pair_counts.pair_counts(
        pa.table(
            dict(zip(("roll_call_id", "state", "vote"), zip(*votes, strict=True), strict=True))
        ),
        pa.table(
            {
                "set_id": pa.array([number for number, _ in sets], pa.int32()),
                "roll_calls": pa.array([members for _, members in sets], pa.list_(pa.string())),
            }
        ),
    )
    rows = pl.from_arrow(counted.read_all())
    return rows.with_columns(pl.col(pl.Categorical).cast(pl.String)).to_dicts()


def counted_by_loops(votes, sets) -> dict:
    """The same by the definition: every pair on every roll call, one at a time."""
    by_roll_call: dict[str, dict[str, str]] = {}
    for roll_call, state, vote in votes:
        by_roll_call.setdefault(roll_call, {})[state] = vote
    counts: dict[tuple, dict[str, int]] = {}
    for number, members in sets:
        for roll_call in members:
            states = by_roll_call[roll_call]
            cast = {vote for vote in states.values() if vote != "absent"}
            for a, b in combinations(sorted(states), 2):
                row = counts.setdefault((number, a, b), dict.fromkeys(pair_counts.COUNT_COLUMNS, 0))
                if states[a] == "absent" or states[b] == "absent":
                    both = states[a] == states[b]
                    one = "absent_a" if states[a] == "absent" else "absent_b"
                    row["absent_both" if both else one] += 1
                else:
                    row[LETTER[states[a]] + LETTER[states[b]]] += 1
                    row["unanimous"] += len(cast) == 1
    seen = [name for name in pair_counts.COUNT_COLUMNS if name not in ("absent_both", "unanimous")]
    return {key: row for key, row in counts.items() if any(row[name] for name in seen)}


def test_the_first_letter_is_the_vote_of_the_state_first_in_the_alphabet():
    votes = [("r", "ZAF", "yes"), ("r", "ALB", "no"), ("r", "MLT", "absent")]
    rows = table(votes, [(1, ["r"])])
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
    counted = table(votes, [(1, ["r1", "r2"])])
    assert {(row["state_a"], row["state_b"]) for row in counted} == {("CSK", "USA"), ("CZE", "USA")}


VOTE = st.sampled_from(["yes", "abstain", "no", "absent", None])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_counts_equal_plain_loops_on_random_votes(data):
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
    some = st.lists(st.sampled_from(sorted({vote[0] for vote in votes})), min_size=1, unique=True)
    sets = list(enumerate(data.draw(st.lists(some, min_size=1, max_size=4))))
    found = {
        (row["set_id"], row["state_a"], row["state_b"]): {
            name: row[name] for name in pair_counts.COUNT_COLUMNS
        }
        for row in table(votes, sets)
    }
    assert found == counted_by_loops(votes, sets)


def test_sets_are_counted_in_their_order_and_pairs_in_that_of_the_alphabet():
    votes = [("r", state, "yes") for state in ("CCC", "AAA", "BBB")]
    rows = table(votes, [(7, ["r"]), (8, ["r"])])
    keys = [(row["set_id"], row["state_a"], row["state_b"]) for row in rows]
    assert len(keys) == 6
    assert keys == sorted(keys)

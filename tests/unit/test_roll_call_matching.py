"""The matching of roll calls by their votes, on votes made up for it.

Belongs here: what is taken for the same vote and what is not. Not here: real votes
(test_rehearsal.py).
"""

from datetime import date

import pytest

from dbt_project.kernel.roll_call_matching import MATCHES, RollCall, match

STATES = [f"S{nth:02}" for nth in range(60)]


def split(no: int, abstain: int = 0, start: int = 0) -> dict[str, str]:
    """Votes of sixty states: some no, some abstentions from `start` on, the rest yes."""
    votes = dict.fromkeys(STATES, "yes")
    for nth in range(no):
        votes[STATES[(start + nth) % 60]] = "no"
    for nth in range(no, no + abstain):
        votes[STATES[(start + nth) % 60]] = "abstain"
    return votes


def ours(key: str, day: int = 1, draft: str | None = None, number: str | None = None) -> RollCall:
    return RollCall("voeten", key, "10", date(1955, 11, 1 + day), [draft] if draft else [], number)


def theirs(
    key: str, day: int = 1, draft: str | None = None, number: str | None = "A/RES/900(X)"
) -> RollCall:
    return RollCall("undl", key, "10", date(1955, 11, 1 + day), [draft] if draft else [], number)


def matched(first, second, votes) -> dict[str, tuple[str, str]]:
    """What each of `first` is matched with, and how."""
    rows = match(first, second, votes).to_pylist()
    assert len(rows) == len({row["source_key"] for row in rows})
    return {row["source_key"]: (row["other_key"], row["matched_by"]) for row in rows}


def test_votes_that_differ_clearly_tell_roll_calls_apart():
    votes = {
        ("voeten", "1"): split(20),
        ("voeten", "2"): split(20, start=30),
        ("undl", "a"): split(20, start=30),
        ("undl", "b"): split(20),
    }
    found = matched([ours("1"), ours("2")], [theirs("a"), theirs("b")], votes)
    assert found == {"1": ("b", "votes"), "2": ("a", "votes")}


def test_one_vote_in_sixty_may_differ_and_three_are_not_for_certain():
    votes = {("voeten", "1"): split(20), ("undl", "a"): split(21)}
    assert matched([ours("1")], [theirs("a")], votes) == {"1": ("a", "votes")}
    votes["undl", "a"] = split(23)
    assert matched([ours("1")], [theirs("a")], votes) == {"1": ("a", "votes, not for certain")}
    votes["undl", "a"] = split(27)
    assert matched([ours("1")], [theirs("a")], votes) == {}


def test_near_twins_are_told_apart_by_their_drafts():
    votes = {
        ("voeten", "1"): split(1),
        ("voeten", "2"): split(1),
        ("undl", "a"): split(1),
        ("undl", "b"): split(1),
    }
    found = matched(
        [ours("1", draft="A/3309"), ours("2", draft="A/3310")],
        [theirs("a", draft="A/3310"), theirs("b", draft="A/3309")],
        votes,
    )
    assert found == {"1": ("b", "draft"), "2": ("a", "draft")}


def test_twins_without_drafts_are_matched_as_sets_in_the_order_of_their_days():
    votes = {(source, key): split(0) for source in ("voeten", "undl") for key in "123"}
    found = matched(
        [ours("1", day=1), ours("2", day=2), ours("3", day=3)],
        [theirs("3", day=3), theirs("1", day=1), theirs("2", day=2)],
        votes,
    )
    assert found == {key: (key, "votes, among near twins") for key in "123"}


def test_twins_on_other_days_are_matched_in_order_and_not_by_the_nearest_day():
    votes = {(source, key): split(0) for source in ("voeten", "undl") for key in "12"}
    found = matched(
        [ours("1", day=1), ours("2", day=10)], [theirs("1", day=9), theirs("2", day=20)], votes
    )
    assert found == {key: (key, "votes, among near twins") for key in "12"}


def test_no_twin_is_left_over_where_all_can_be_paired():
    # The first is like both of theirs, the second like one of them only.
    votes = {
        ("voeten", "1"): split(2),
        ("voeten", "2"): split(3, start=0),
        ("undl", "a"): split(3),
        ("undl", "b"): split(1),
    }
    found = matched([ours("1"), ours("2", day=2)], [theirs("a"), theirs("b", day=2)], votes)
    assert {key: other for key, (other, _) in found.items()} == {"1": "b", "2": "a"}


def test_a_special_session_may_be_counted_under_the_regular_one_of_its_time():
    votes = {("voeten", "1"): split(20), ("undl", "a"): split(20)}
    other = RollCall("undl", "a", "ES-10", date(1955, 11, 2), [], None)
    assert matched([ours("1")], [other], votes) == {"1": ("a", "votes")}


def test_a_second_record_of_a_vote_is_counted_once_and_says_so():
    votes = {("voeten", "1"): split(5), ("voeten", "2"): split(5), ("undl", "a"): split(5)}
    found = matched([ours("1"), ours("2")], [theirs("a")], votes)
    assert found == {
        "1": ("a", "votes, not for certain"),
        "2": ("a", "votes, not for certain"),
    }


@pytest.mark.parametrize(
    "other",
    [
        RollCall("undl", "a", "11", date(1955, 11, 2), [], None),
        RollCall("undl", "a", "10", date(1955, 12, 18), [], None),
    ],
    ids=["another session", "46 days later"],
)
def test_sessions_and_days_keep_roll_calls_apart(other):
    votes = {("voeten", "1"): split(20), ("undl", "a"): split(20)}
    assert matched([ours("1")], [other], votes) == {}


def test_other_numbers_are_other_resolutions_and_a_part_of_the_same_is_not():
    votes = {("voeten", "1"): split(20), ("undl", "a"): split(20)}
    other = [ours("1", number="A/RES/901(X)")]
    assert matched(other, [theirs("a")], votes) == {}
    same = [ours("1", number="A/RES/900(X)")]
    assert matched(same, [theirs("a")], votes) == {"1": ("a", "votes")}


def test_few_shared_states_say_nothing():
    some = dict.fromkeys(STATES[:40], "yes")
    others = dict.fromkeys(STATES[25:], "yes")
    votes = {("voeten", "1"): some, ("undl", "a"): others}
    assert matched([ours("1")], [theirs("a")], votes) == {}


def test_nothing_to_match_gives_an_empty_table():
    assert match([], [], {}).schema == MATCHES

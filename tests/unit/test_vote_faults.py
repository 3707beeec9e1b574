"""The search for faults, on invented votes with faults planted in them, and none where none are."""

from dataclasses import replace

import numpy as np
import pytest

from dbt_project.kernel import vote_faults

MONTHS, A_MONTH, STATES = 36, 40, 60
YES, ABSTAIN, NO, ABSENT, NOT_LISTED, NO_MEMBER = 0, 1, 2, 3, 4, -1
FIRST = 12 * 1990
PLANTED = slice(18 * A_MONTH, 19 * A_MONTH)


@pytest.fixture(scope="module")
def ballots() -> vote_faults.Ballots:
    """States on a line from one pole to the other, which vote alike the nearer they are."""
    chance = np.random.default_rng(4)
    place = np.linspace(-1, 1, STATES)
    gain = chance.normal(size=(MONTHS * A_MONTH, 1)) * place
    gain += chance.normal(scale=0.25, size=gain.shape)
    votes = np.select([gain > 0.2, gain < -0.2], [YES, NO], ABSTAIN).astype(np.int8)
    months = FIRST + np.repeat(np.arange(MONTHS), A_MONTH)
    return vote_faults.Ballots(
        keys=[str(row) for row in range(len(votes))],
        sessions=[str(month // 12) for month in months],
        months=months,
        states=[f"S{column:02}" for column in range(STATES)],
        votes=votes,
        stated=np.full((len(votes), 3), np.nan),
    )


def found(ballots: vote_faults.Ballots) -> list[tuple[str, str | None]]:
    return [(fault.rule, fault.state) for fault in vote_faults.find(ballots)]


def changed(ballots: vote_faults.Ballots, rows, columns, value) -> vote_faults.Ballots:
    votes = ballots.votes.copy()
    votes[rows, columns] = value
    return replace(ballots, votes=votes)


def test_votes_without_a_fault_are_not_doubted(ballots):
    assert found(ballots) == []


def test_two_states_exchanged_for_a_month_are_found(ballots):
    exchanged = changed(ballots, PLANTED, [3, 55], ballots.votes[PLANTED][:, [55, 3]])
    faults = vote_faults.find(exchanged)
    assert [(fault.rule, fault.state, fault.session) for fault in faults] == [
        ("votes look exchanged", "S03", "1991"),
        ("votes look exchanged", "S55", "1991"),
    ]
    assert faults[0].says.startswith("with S55 in 1991-07, 40 roll calls: ")


def test_neighbours_exchanged_can_not_be_told_from_themselves(ballots):
    exchanged = changed(ballots, PLANTED, [3, 4], ballots.votes[PLANTED][:, [4, 3]])
    assert found(exchanged) == []


def test_one_state_with_another_states_votes_is_found(ballots):
    given = changed(ballots, PLANTED, 55, ballots.votes[PLANTED, 3])
    assert found(given) == [("votes look like another state's", "S55")]


def test_a_state_that_changes_sides_for_good_is_not_doubted(ballots):
    turned = changed(ballots, slice(18 * A_MONTH, None), 55, ballots.votes[18 * A_MONTH :, 3])
    assert found(turned) == []


def test_a_stretch_of_absences_is_found_where_the_state_else_hardly_misses_a_vote(ballots):
    absent = changed(ballots, slice(300, 340), 7, ABSENT)
    (fault,) = vote_faults.find(absent)
    assert (fault.rule, fault.state) == ("absent for a stretch", "S07")
    assert fault.says == (
        "40 of 40 roll calls, 1990-08 to 1990-09; of 100 before it missed 0%, of 100 after 0%"
    )


def test_a_stretch_is_one_though_a_few_votes_lie_in_it(ballots):
    absent = changed(ballots, np.r_[300:320, 326:340], 7, ABSENT)
    (fault,) = vote_faults.find(absent)
    assert fault.says.startswith("34 of 40 roll calls, ")


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (slice(300, 329), ABSENT),
        (np.r_[300:320, 340:360], ABSENT),
        (slice(300, 460), ABSENT),
        (slice(300, 340), NO_MEMBER),
        (slice(0, 60), ABSENT),
        (np.arange(200, 440, 2), ABSENT),
    ],
    ids=[
        "too short",
        "parted by as many votes",
        "too long",
        "no member",
        "from its first day",
        "every other vote",
    ],
)
def test_other_absences_are_no_stretch(ballots, rows, value):
    assert found(changed(ballots, rows, 7, value)) == []


def test_a_state_without_rows_is_found_where_its_absences_are_listed(ballots):
    left_out = changed(ballots, np.arange(300, 340, 2), 7, NOT_LISTED)
    assert found(left_out) == []
    listed = changed(left_out, 341, 7, ABSENT)
    assert found(listed) == [("no row for a stretch", "S07")]


def test_a_total_that_one_absent_member_would_make_right_names_it(ballots):
    row = next(row for row in range(300, 400) if (ballots.votes[row, :20] == YES).all())
    stated = ballots.stated.copy()
    stated[row] = [(ballots.votes[row] == value).sum() for value in range(3)]
    known = replace(ballots, stated=stated)
    assert found(known) == []
    (fault,) = vote_faults.find(changed(known, row, 2, ABSENT))
    assert (fault.rule, fault.state, fault.source_key) == ("totals one vote off", "S02", str(row))
    assert fault.says.endswith("so many said yes: S02 15")


def test_a_total_that_one_vote_moved_would_make_right_says_so(ballots):
    row = next(row for row in range(300, 400) if (ballots.votes[row, :20] == YES).all())
    stated = ballots.stated.copy()
    stated[row] = [(ballots.votes[row] == value).sum() for value in range(3)]
    moved = changed(replace(ballots, stated=stated), row, 2, NO)
    (fault,) = vote_faults.find(moved)
    assert "one yes more and one no less" in fault.says


def test_totals_that_more_than_one_vote_is_missing_from_are_not_guessed_at(ballots):
    stated = ballots.stated.copy()
    stated[300] = [(ballots.votes[300] == value).sum() + 1 for value in range(3)]
    assert found(replace(ballots, stated=stated)) == []

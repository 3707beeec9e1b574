"""Faults of a source that are visible in its votes, with the measure of each.

Belongs here: votes under another state's name, stretches without a vote, totals that are one vote
off. Not here: what is read or written (int_vote_faults), what follows from a fault (the seeds
doubt_rules and vote_corrections), and what is easier in SQL (int_doubts).

States vote on different questions each year, so a state's votes can't be compared with its earlier
ones. Its agreement with every other state can: that profile changes slowly, and is unique to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

VOTES = ("yes", "abstain", "no")
ABSENT, NOT_LISTED, NO_MEMBER = 3, 4, -1

# Months before and after that give a state's usual profile.
AROUND = 30
# Minimum of roll calls in a month to be examined, and of votes that a state cast in it.
WINDOW = CAST = 20
# Minimum of shared votes for a share of agreement: in the window, and around it.
SHARED, SHARED_AROUND = 5, 15
# States that two profiles have to have in common.
COMMON = 40
# Distance from its own past that needs an explanation, and the largest fraction of it for the
# distance from the other state. For a single state, where a change of government is another
# explanation, both limits are stricter.
UNLIKE, EXCHANGED = 0.08, 0.55
UNLIKE_ALONE, ANOTHERS = 0.15, 0.3
# Minimum of roll calls missed in a stretch; its maximum length in roll calls (longer ones are
# arrears or war); and the largest fraction of votes cast in between.
STRETCH, LONGEST, CAST_BETWEEN = 30, 150, 0.2
# Roll calls on either side of a stretch, and the largest share of them that may be missed.
BESIDE, MISSED = 100, 0.12
NOT_NAMED = 20
# Number of most similar states used to guess a vote; margin by which a guess has to win.
NEIGHBOURS, CLEARLY = 15, 3


@dataclass(frozen=True)
class Ballots:
    """The roll calls of one source, in order of date.

    `months` counts months (12 a year); `votes` is roll calls by states, int8: 0 yes, 1 abstain,
    2 no, 3 absent, 4 a member that is not listed, -1 not a member. `stated` is roll calls by three:
    the totals of yes, abstain and no, NaN if unknown.
    """

    keys: Sequence[str]
    sessions: Sequence[str]
    months: np.ndarray
    states: Sequence[str]
    votes: np.ndarray
    stated: np.ndarray


@dataclass(frozen=True)
class Fault:
    """What looks wrong: in a session, or in one roll call if `source_key` says so."""

    rule: str
    session: str
    state: str | None
    says: str
    source_key: str | None = None


def find(ballots: Ballots) -> list[Fault]:
    """Every fault visible in a source's votes."""
    with threadpool_limits(limits=1, user_api="blas"):
        agreement = Agreement(ballots)
        return [
            *under_anothers_name(ballots, agreement),
            *stretches(ballots),
            *not_named(ballots),
            *one_vote_off(ballots, agreement),
        ]


class Agreement:
    """Agreement of the states with each other, an abstention as half, over any run of months."""

    def __init__(self, ballots: Ballots):
        self.months = np.unique(ballots.months)
        size = (len(self.months) + 1, len(ballots.states), len(ballots.states))
        # Cumulative sums, so that a run of months is one difference.
        self._agreed, self._both = np.zeros(size, np.float32), np.zeros(size, np.float32)
        for place, month in enumerate(self.months):
            votes = ballots.votes[ballots.months == month]
            yes, abstain, no = ((votes == value).astype(np.float32) for value in range(3))
            cast = yes + abstain + no
            both = cast.T @ cast
            # Yes and no as 1 and -1: the product is 1 where both said the same, -1 where opposed.
            sided = (yes - no).T @ (yes - no)
            self._both[place + 1] = self._both[place] + both
            self._agreed[place + 1] = self._agreed[place] + (both + sided + abstain.T @ abstain) / 2

    def profiles(self, first: int, last: int, least: int) -> tuple[np.ndarray, np.ndarray]:
        """Each state's agreement with each other in the months first to last.

        Two matrices of states by states: the shares minus their mean, since in some months all
        agree on more; and 1 where there are at least `least` shared votes.
        """
        start, end = np.searchsorted(self.months, (first, last + 1))
        both = self._both[end] - self._both[start]
        known = both >= least
        np.fill_diagonal(known, False)
        share = np.where(known, (self._agreed[end] - self._agreed[start]) / np.maximum(both, 1), 0)
        mean = share.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        return np.where(known, share - mean, 0), known.astype(np.float32)

    def likeness(self, month: int) -> np.ndarray:
        """States by states: the share of agreement around a month, -1 where too little is known."""
        start, end = np.searchsorted(self.months, (month - AROUND, month + AROUND + 1))
        both = self._both[end] - self._both[start]
        shares = (self._agreed[end] - self._agreed[start]) / np.maximum(both, 1)
        return np.where(both >= SHARED_AROUND, shares, -1)


def distances(
    profiles: tuple[np.ndarray, np.ndarray], others: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Root mean square difference between any two profiles; NaN if too few states in common."""
    (left, left_known), (right, right_known) = profiles, others
    common = left_known @ right_known.T
    squares = (left**2) @ right_known.T + left_known @ (right**2).T - 2 * left @ right.T
    return np.where(
        common >= COMMON, np.sqrt(np.maximum(squares, 0) / np.maximum(common, 1)), np.nan
    )


def under_anothers_name(ballots: Ballots, agreement: Agreement) -> Iterator[Fault]:
    """Months in which a state votes unlike itself before and after, and like another state.

    Two that do so mutually look exchanged; a single one may also have changed its government.
    """
    for month in agreement.months:
        window = ballots.months == month
        if window.sum() < WINDOW:
            continue
        now = agreement.profiles(month, month, SHARED)
        cast = ((ballots.votes[window] >= 0) & (ballots.votes[window] < ABSENT)).sum(axis=0)
        before = agreement.profiles(month - AROUND, month - 2, SHARED_AROUND)
        after = agreement.profiles(month + 2, month + AROUND, SHARED_AROUND)
        then, later = _own(now, before), _own(now, after)
        own, both_sides = np.fmin(then, later), np.minimum(then, later)
        odd = np.flatnonzero((cast >= CAST) & (own >= UNLIKE))
        if not len(odd):
            continue
        rows = tuple(matrix[odd] for matrix in now)
        # If one side is unknown, the other decides; if both are known, both have to be near.
        apart = np.fmax(distances(rows, before), distances(rows, after)) / own[odd, None]
        apart[np.isnan(apart)] = np.inf
        apart[np.arange(len(odd)), odd] = np.inf
        mutual = np.maximum(apart[:, odd], apart[:, odd].T)
        best = mutual.argmin(axis=1)
        session = ballots.sessions[np.flatnonzero(window)[0]]
        when = f"{_month(month)}, {window.sum()} roll calls"
        for place, state in enumerate(odd):
            if mutual[place].min() <= EXCHANGED and best[best[place]] == place:
                rule, word, other = "votes look exchanged", "with", odd[best[place]]
            # With only a past, it may just as well be the first month of a new policy.
            elif both_sides[state] >= UNLIKE_ALONE and apart[place].min() <= ANOTHERS:
                rule, word, other = "votes look like another state's", "like", apart[place].argmin()
            else:
                continue
            yield Fault(
                rule,
                session,
                ballots.states[state],
                f"{word} {ballots.states[other]} in {when}: "
                f"{apart[place, other] * own[state]:.3f} from the other's profile around it, "
                f"{own[state]:.3f} from its own",
            )


def _own(now: tuple[np.ndarray, np.ndarray], around: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Distance of each state from itself, as in `distances`."""
    common = (now[1] * around[1]).sum(axis=1)
    squares = ((now[0] - around[0]) ** 2 * now[1] * around[1]).sum(axis=1)
    return np.where(common >= COMMON, np.sqrt(squares / np.maximum(common, 1)), np.nan)


def stretches(ballots: Ballots) -> Iterator[Fault]:
    """Long absences of states that missed few votes before and after."""
    for column, state in enumerate(ballots.states):
        rows = np.flatnonzero(ballots.votes[:, column] != NO_MEMBER)
        cast = ballots.votes[rows, column] < ABSENT
        for start, end in _runs(~cast):
            before, after = cast[max(0, start - BESIDE) : start], cast[end : end + BESIDE]
            absences = int((~cast[start:end]).sum())
            if absences < STRETCH or end - start > LONGEST:
                continue
            if min(len(before), len(after)) < BESIDE // 2:
                continue
            missed = (1 - before.mean(), 1 - after.mean())
            if max(missed) > MISSED:
                continue
            first, last = rows[start], rows[end - 1]
            yield Fault(
                "absent for a stretch",
                ballots.sessions[first],
                state,
                f"{absences} of {end - start} roll calls, {_month(ballots.months[first])} to "
                f"{_month(ballots.months[last])}; of {len(before)} before it missed "
                f"{missed[0]:.0%}, of {len(after)} after {missed[1]:.0%}",
            )


def _runs(absent: np.ndarray) -> list[tuple[int, int]]:
    """Runs of five or more absences, as (start, end); joined if few votes separate them."""
    edges = np.flatnonzero(np.diff(np.r_[False, absent, False].astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start < 5:
            continue
        if runs and start - runs[-1][1] <= CAST_BETWEEN * (end - runs[-1][0]):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def not_named(ballots: Ballots) -> Iterator[Fault]:
    """States whose absences a source lists, but for which it has no row in much of a session."""
    sessions = np.array(ballots.sessions)
    for session in dict.fromkeys(ballots.sessions):
        votes = ballots.votes[sessions == session]
        missing = (votes == NOT_LISTED).sum(axis=0)
        for column in np.flatnonzero((missing >= NOT_NAMED) & (votes == ABSENT).any(axis=0)):
            yield Fault(
                "no row for a stretch",
                session,
                ballots.states[column],
                f"{missing[column]} of {(votes[:, column] != NO_MEMBER).sum()} roll calls",
            )


def one_vote_off(ballots: Ballots, agreement: Agreement) -> Iterator[Fault]:
    """Totals that one more vote, or one moved, would make right, and whose vote it may be."""
    counted = np.stack([(ballots.votes == value).sum(axis=1) for value in range(3)], axis=1)
    off = ballots.stated - counted
    for row in np.flatnonzero((np.abs(off).sum(axis=1) <= 2) & (off.max(axis=1) == 1)):
        wanted = int(np.argmax(off[row]))
        given = int(np.argmin(off[row])) if off[row].min() < 0 else ABSENT
        votes = ballots.votes[row]
        # If a source lists absences, a state without a row is more likely the omitted one.
        may_be = votes == (given if given < ABSENT else votes.max())
        like = agreement.likeness(ballots.months[row]).copy()
        like[:, votes < 0] = like[:, votes >= ABSENT] = -1
        np.fill_diagonal(like, -1)
        nearest = np.argsort(-like, axis=1, kind="stable")[:, :NEIGHBOURS]
        alike = (votes[nearest] == wanted).sum(axis=1)
        candidates = sorted(np.flatnonzero(may_be), key=lambda state: (-alike[state], state))[:3]
        if not candidates:
            continue
        clear = alike[candidates[0]] - max(alike[candidates[1:]], default=0) >= CLEARLY
        fits = ", ".join(f"{ballots.states[state]} {alike[state]}" for state in candidates)
        stated = "/".join(str(int(ballots.stated[row, value])) for value in (0, 2, 1))
        yield Fault(
            "totals one vote off",
            ballots.sessions[row],
            ballots.states[candidates[0]] if clear else None,
            f"{stated} against {'/'.join(str(counted[row, value]) for value in (0, 2, 1))}: "
            f"one {VOTES[wanted]} more"
            + (f" and one {VOTES[given]} less" if given < ABSENT else "")
            + f"; of the {NEIGHBOURS} states most like it so many said {VOTES[wanted]}: {fits}",
            ballots.keys[row],
        )


def _month(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"

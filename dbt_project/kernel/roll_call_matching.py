"""Which roll calls of two sources are the same vote, told by the votes where a symbol is missing.

Belongs here: comparing the votes of roll calls, and pairing them one to one. Not here: what is read
or written, and matching by symbol (the models that call it).

A roll call is like a fingerprint: two of one session on which all states voted alike are the same
vote, unless the vote was all but unanimous. Such near twins are told apart by the draft's symbol;
where that is missing, they are paired as sets, in the order of their days.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import networkx as nx
import numpy as np
import pyarrow as pa

# The older records of one source give the first days of a month for any day of it.
MOST_DAYS_APART = 45
# Shares of the states that both sources list and that vote the same.
SAME = 0.97
POSSIBLE = 0.90
# By how much a pair has to be better than the next best of either side.
CLEARLY = 0.03
# Two roll calls are compared only if they share this part of the states of the shorter list.
LEAST_SHARED = 0.5

UNSURE = "votes, not for certain"

VOTES = {"yes": 1, "abstain": 2, "no": 3, "absent": 4}

MATCHES = pa.schema(
    {
        "source": pa.string(),
        "source_key": pa.string(),
        "other_source": pa.string(),
        "other_key": pa.string(),
        "matched_by": pa.string(),
        "agreement": pa.float64(),
        "states_shared": pa.int32(),
        "days_apart": pa.int32(),
    }
)


@dataclass(frozen=True)
class RollCall:
    """A roll call of a source that no symbol matches; `number` is its symbol without the part."""

    source: str
    source_key: str
    session: str
    vote_date: date
    draft: str | None
    number: str | None

    def may_be(self, other: "RollCall") -> bool:
        """Whether nothing but the votes could tell the two apart."""
        near = abs((self.vote_date - other.vote_date).days) <= MOST_DAYS_APART
        named = self.number and other.number
        return near and (not named or self.number == other.number)


@dataclass(frozen=True)
class Pair:
    """Two roll calls, by place in their lists, and how alike their votes are."""

    first: int
    second: int
    agreement: float
    shared: int
    days: int


def match(
    unmatched: Sequence[RollCall],
    others: Sequence[RollCall],
    votes: Mapping[tuple[str, str], Mapping[str, str]],
) -> pa.Table:
    """Pair roll calls of one source with those of others, session by session.

    `votes` holds state -> vote by source and key. Returns one row per matched roll call of
    `unmatched` (schema MATCHES); `matched_by` is 'draft', 'votes', 'votes, among near twins' or
    'votes, not for certain'. What is not for certain may share its counterpart with another.
    """
    rows = []
    sessions = {it.session for it in unmatched} & {it.session for it in others}
    for session in sorted(sessions):
        first = _in_order(roll_call for roll_call in unmatched if roll_call.session == session)
        second = _in_order(roll_call for roll_call in others if roll_call.session == session)
        pairs = list(_compared(first, second, votes))
        for pair, how in _Pairing(first, second, pairs).chosen():
            one, other = first[pair.first], second[pair.second]
            rows.append(
                {
                    "source": one.source,
                    "source_key": one.source_key,
                    "other_source": other.source,
                    "other_key": other.source_key,
                    "matched_by": how,
                    "agreement": pair.agreement,
                    "states_shared": pair.shared,
                    "days_apart": pair.days,
                }
            )
    return pa.Table.from_pylist(rows, schema=MATCHES)


def _in_order(roll_calls) -> list[RollCall]:
    """By day, then by the source's number where keys are numbers."""
    return sorted(roll_calls, key=lambda it: (it.vote_date, len(it.source_key), it.source_key))


def _compared(
    first: Sequence[RollCall],
    second: Sequence[RollCall],
    votes: Mapping[tuple[str, str], Mapping[str, str]],
) -> Iterator[Pair]:
    """Every pair that may be the same vote, with the share of its states that vote alike."""
    states = sorted(
        {
            state
            for roll_call in (*first, *second)
            for state in votes.get((roll_call.source, roll_call.source_key), {})
        }
    )
    place = {state: nth for nth, state in enumerate(states)}

    def matrix(roll_calls: Sequence[RollCall]) -> np.ndarray:
        filled = np.zeros((len(roll_calls), len(states)), dtype=np.int8)
        for row, roll_call in enumerate(roll_calls):
            for state, vote in votes.get((roll_call.source, roll_call.source_key), {}).items():
                filled[row, place[state]] = VOTES.get(vote, 0)
        return filled

    ours, theirs = matrix(first), matrix(second)
    for one, roll_call in enumerate(first):
        both = (ours[one] > 0) & (theirs > 0)
        shared = both.sum(axis=1)
        alike = (both & (ours[one] == theirs)).sum(axis=1)
        least = LEAST_SHARED * np.minimum((ours[one] > 0).sum(), (theirs > 0).sum(axis=1))
        for other, counterpart in enumerate(second):
            if shared[other] and shared[other] >= least[other] and roll_call.may_be(counterpart):
                agreement = float(alike[other] / shared[other])
                if agreement >= POSSIBLE:
                    days = abs((roll_call.vote_date - counterpart.vote_date).days)
                    yield Pair(one, other, agreement, int(shared[other]), days)


@dataclass
class _Pairing:
    """The pairs chosen so far, the surest first; what is chosen is closed to the steps after."""

    first: Sequence[RollCall]
    second: Sequence[RollCall]
    pairs: Sequence[Pair]
    matched: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)

    def chosen(self) -> Iterator[tuple[Pair, str]]:
        """Each pair, and how it was told."""
        yield from self._by_draft()
        yield from self._by_votes()
        for twins in _components(self._open(SAME)):
            yield from self._among_twins(twins)
        rest = self._open(POSSIBLE)
        yield from (self._choose(pair, UNSURE) for pair in rest if _is_clear(pair, rest))

    def _open(self, least: float) -> list[Pair]:
        return [
            pair
            for pair in self.pairs
            if pair.agreement >= least
            and pair.first not in self.matched
            and pair.second not in self.taken
        ]

    def _choose(self, pair: Pair, how: str) -> tuple[Pair, str]:
        self.matched.add(pair.first)
        self.taken.add(pair.second)
        return pair, how

    def _by_draft(self) -> Iterator[tuple[Pair, str]]:
        named = [
            pair
            for pair in self._open(SAME)
            if self.first[pair.first].draft == self.second[pair.second].draft is not None
        ]
        yield from (self._choose(pair, "draft") for pair in named if _only_one(pair, named))

    def _by_votes(self) -> Iterator[tuple[Pair, str]]:
        while clear := [pair for pair in self._open(SAME) if _is_clear(pair, self._open(POSSIBLE))]:
            yield self._choose(clear[0], "votes")

    def _among_twins(self, twins: Sequence[Pair]) -> Iterator[tuple[Pair, str]]:
        sides = {pair.first for pair in twins}, {pair.second for pair in twins}
        how = "votes, among near twins" if len(sides[0]) == len(sides[1]) else UNSURE
        # Best votes first; of equals, nearest day; of these, in the order of their days.
        in_order = sorted(twins, key=lambda it: (-it.agreement, it.days, it.first, it.second))
        for pair in in_order:
            if pair.first not in self.matched and pair.second not in self.taken:
                yield self._choose(pair, how)
        # One more than the other side has may be a second record of one of them.
        for place in sorted(sides[0] - self.matched):
            yield self._choose(next(pair for pair in in_order if pair.first == place), UNSURE)


def _only_one(pair: Pair, pairs: Sequence[Pair]) -> bool:
    return not any(
        other is not pair and (other.first == pair.first or other.second == pair.second)
        for other in pairs
    )


def _is_clear(pair: Pair, pairs: Sequence[Pair]) -> bool:
    """Whether a pair is clearly more alike than any other of either roll call."""
    return not any(
        other is not pair
        and (other.first == pair.first or other.second == pair.second)
        and other.agreement > pair.agreement - CLEARLY
        for other in pairs
    )


def _components(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Pairs that share roll calls, directly or by way of others, together."""
    graph = nx.Graph(
        (("first", pair.first), ("second", pair.second), {"pair": pair}) for pair in pairs
    )
    return [
        [pair for _, _, pair in graph.subgraph(some).edges(data="pair")]
        for some in nx.connected_components(graph)
    ]

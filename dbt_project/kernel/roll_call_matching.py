"""Which roll calls of two sources are the same vote, decided by the votes if a symbol is missing.

Belongs here: comparing the votes of roll calls, and pairing them one to one. Not here: what is read
or written, and matching by symbol (the models that call it).

A roll call is like a fingerprint: two of one session on which all states voted alike are the same
vote, unless the vote was all but unanimous. Such near twins are told apart by the draft's symbol;
where that is missing, they are paired as sets, in the order of their days.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import networkx as nx
import numpy as np
import pyarrow as pa
from scipy.optimize import linear_sum_assignment

# Older records of one source use the first days of a month for any day in it.
MOST_DAYS_APART = 45
# Share of the states listed by both sources that vote the same.
SAME = 0.97
POSSIBLE = 0.90
# Margin by which a pair has to beat the next best on either side.
CLEARLY = 0.03
# Two roll calls are compared only if they share this fraction of the shorter list of states.
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
    drafts: Sequence[str]
    number: str | None

    def may_be(self, other: "RollCall") -> bool:
        """Whether only the votes could distinguish the two.

        A source may count a special session's votes under the regular session of their time.
        """
        near = abs((self.vote_date - other.vote_date).days) <= MOST_DAYS_APART
        special = not (self.session.isdecimal() and other.session.isdecimal())
        named = self.number and other.number
        return (
            near
            and (self.session == other.session or special)
            and (not named or self.number == other.number)
        )


@dataclass(frozen=True)
class Pair:
    """Two roll calls, by position in their lists, and the similarity of their votes."""

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
    """Pair roll calls of one source with those of others.

    `votes` holds state -> vote by source and key. Returns one row per matched roll call of
    `unmatched` (schema MATCHES); `matched_by` is 'draft', 'votes', 'votes, among near twins' or
    'votes, not for certain'. What is not for certain may share its counterpart with another.
    """
    first, second = _in_order(unmatched), _in_order(others)
    rows = []
    for pair, how in _Pairing(first, second, list(_compared(first, second, votes))).chosen():
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


def _in_order(roll_calls: Iterable[RollCall]) -> list[RollCall]:
    """By day, then by the source's number if keys are numbers."""
    return sorted(
        roll_calls, key=lambda call: (call.vote_date, len(call.source_key), call.source_key)
    )


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
    days = np.array([roll_call.vote_date for roll_call in second], dtype="datetime64[D]")
    listed = (theirs > 0).sum(axis=1)
    for one, roll_call in enumerate(first):
        apart = np.abs((days - np.datetime64(roll_call.vote_date, "D")).astype(int))
        for other in np.flatnonzero(apart <= MOST_DAYS_APART):
            if not roll_call.may_be(second[other]):
                continue
            both = (ours[one] > 0) & (theirs[other] > 0)
            shared = int(both.sum())
            alike = int((both & (ours[one] == theirs[other])).sum())
            least = LEAST_SHARED * min(int((ours[one] > 0).sum()), int(listed[other]))
            if shared and shared >= least and alike / shared >= POSSIBLE:
                yield Pair(one, int(other), alike / shared, shared, int(apart[other]))


@dataclass
class _Pairing:
    """The pairs chosen so far, the most certain first; later steps can't use them again."""

    first: Sequence[RollCall]
    second: Sequence[RollCall]
    pairs: Sequence[Pair]
    matched: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)

    def chosen(self) -> Iterator[tuple[Pair, str]]:
        """Each pair, and how it was matched."""
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
            if set(self.first[pair.first].drafts) & set(self.second[pair.second].drafts)
        ]
        yield from (self._choose(pair, "draft") for pair in named if _only_one(pair, named))

    def _by_votes(self) -> Iterator[tuple[Pair, str]]:
        while clear := [pair for pair in self._open(SAME) if _is_clear(pair, self._open(POSSIBLE))]:
            yield self._choose(clear[0], "votes")

    def _among_twins(self, twins: Sequence[Pair]) -> Iterator[tuple[Pair, str]]:
        sides = sorted({pair.first for pair in twins}), sorted({pair.second for pair in twins})
        how = "votes, among near twins" if len(sides[0]) == len(sides[1]) else UNSURE
        for pair in _as_sets(twins, *sides):
            yield self._choose(pair, how)
        # If one side has more, the surplus may be a second record of one of them.
        for place in sorted(set(sides[0]) - self.matched):
            alike = [pair for pair in twins if pair.first == place]
            yield self._choose(max(alike, key=lambda pair: pair.agreement), UNSURE)


def _as_sets(twins: Sequence[Pair], first: Sequence[int], second: Sequence[int]) -> list[Pair]:
    """Near twins paired in order of date, or as many of them as their votes allow."""
    by_places = {(pair.first, pair.second): pair for pair in twins}
    in_order = list(zip(first, second, strict=False))
    if len(first) == len(second) and all(places in by_places for places in in_order):
        return [by_places[places] for places in in_order]
    alike = np.full((len(first), len(second)), -1.0)
    for (one, other), pair in by_places.items():
        alike[first.index(one), second.index(other)] = pair.agreement
    chosen = zip(*linear_sum_assignment(alike, maximize=True), strict=True)
    places = [(first[one], second[other]) for one, other in chosen]
    return [by_places[one_and_other] for one_and_other in places if one_and_other in by_places]


def _only_one(pair: Pair, pairs: Sequence[Pair]) -> bool:
    return not any(
        other is not pair and (other.first == pair.first or other.second == pair.second)
        for other in pairs
    )


def _is_clear(pair: Pair, pairs: Sequence[Pair]) -> bool:
    """Whether a pair is clearly more similar than any other of either roll call."""
    return not any(
        other is not pair
        and (other.first == pair.first or other.second == pair.second)
        and other.agreement > pair.agreement - CLEARLY
        for other in pairs
    )


def _components(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Groups of pairs that share roll calls, directly or through others."""
    graph = nx.Graph(
        (("first", pair.first), ("second", pair.second), {"pair": pair}) for pair in pairs
    )
    return [
        [pair for _, _, pair in graph.subgraph(some).edges(data="pair")]
        for some in nx.connected_components(graph)
    ]

"""The pure function that counts the pairs of one group of roll calls, in bounded memory.

Belongs here: a group's votes in chunks, the sums of their counts, resampling. Not here: which roll
calls are a group (groups.py), or the counting of one matrix, which is the kernel's.

It is the same for every engine, and its result does not depend on how a group is cut into chunks or
in which order its roll calls come. Spark sends this module and the kernel to its workers (`CODE`),
which need numpy, pyarrow and threadpoolctl, and not this project.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from dbt_project.kernel import pair_counts as kernel

# Votes in a chunk, so many that a product is worth its call and so few that its matrices are small.
VOTES_IN_CHUNK = 2_000_000
# Numbers in a matrix of a resampling: of weights, of pairs' votes and of pairs' counts.
NUMBERS_IN_MATRIX = 1_000_000
# Roll calls whose draws' products with each other are kept: 32 MB.
MOST_IN_PRODUCTS = 2_000
# Bytes of a group that stay in memory before they go to a temporary file.
BYTES_IN_MEMORY = 64_000_000
ROWS_IN_BATCH = 50_000

COUNTS = (*kernel.CELLS, "n", *kernel.COUNT_COLUMNS[len(kernel.CELLS) :], "absent_either")
# What is resampled: `absent_either` too, since the square of a sum is no sum of squares.
RESAMPLED = COUNTS

# This module and what it imports of this project: all that a worker needs.
CODE = (__name__, kernel.__name__)

TWO_VOTES = "a member has two votes on a roll call"


@dataclass(frozen=True)
class Resampling:
    """How often a group's roll calls are drawn with replacement, and from which seed."""

    replicates: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Group:
    """One group: its key (chamber, scheme, topic, period), roll calls, members and votes.

    `members` are sorted. `chunks()` gives the votes, again and again: int8 matrices of some roll
    calls by all members as the kernel has them (0 yes, 1 abstain, 2 no, 3 absent, -1 no member),
    which together have the roll calls in the order of `roll_calls`.
    """

    key: tuple[str, str, str, str]
    roll_calls: Sequence[str]
    members: Sequence[str]
    chunks: Callable[[], Iterable[np.ndarray]]


def rows_of_chunk(members: int) -> int:
    """How many roll calls of so many members are in a chunk."""
    return max(1, VOTES_IN_CHUNK // max(1, members))


def schema(resampling: Resampling) -> pa.Schema:
    """The columns of the result: the key, the pair, its counts, and those of the resampling.

    `yy_sum` is the sum of the pair's yy over all replicates, `yy_squares` the sum of its squares.
    """
    names = ["chamber", "member_a", "member_b", "scheme", "topic", "period"]
    columns = [(name, pa.string()) for name in names]
    columns += [(name, pa.int32()) for name in COUNTS]
    if resampling.replicates:
        columns += [
            (f"{name}_{kind}", pa.int64()) for name in RESAMPLED for kind in ("sum", "squares")
        ]
    return pa.schema(columns)


def count_group(group: Group, resampling: Resampling) -> Iterator[pa.RecordBatch]:
    """Count every pair of members on the roll calls of one group.

    Yields batches of `schema`, one row per pair (member_a < member_b) of which one at least voted
    while both were members. Memory grows with the square of the members, not with the roll calls:
    chunks are counted one by one, and their counts added.
    """
    # The matrices are small: threads of the product would only wait for those of other groups.
    with threadpool_limits(limits=1, user_api="blas"):
        is_present = np.zeros(len(group.members), dtype=bool)
        for chunk in group.chunks():
            is_present |= (chunk >= 0).any(axis=0)
        present = np.flatnonzero(is_present)
        total: dict[str, np.ndarray] = {}
        for chunk in group.chunks():
            counts = kernel.count_all_pairs(chunk[:, present])
            for name, values in counts.items():
                if name in total:
                    total[name] += values
                else:
                    total[name] = values
        if not total:
            return
        first, second, total = kernel.telling_pairs(present, total)
        total["n"] = np.asarray(sum(total[cell] for cell in kernel.CELLS), dtype=np.int32)
        total["absent_either"] = total["absent_a"] + total["absent_b"] + total["absent_both"]
        if resampling.replicates:
            total |= _resampled(group, resampling, first, second)
    members = pa.array(group.members, pa.string())
    of_result = schema(resampling)
    chamber, scheme, topic, period = group.key
    for start in range(0, len(first), ROWS_IN_BATCH):
        part = slice(start, start + ROWS_IN_BATCH)
        length = len(first[part])
        columns = [pa.repeat(chamber, length), members.take(pa.array(first[part]))]
        columns.append(members.take(pa.array(second[part])))
        columns += [pa.repeat(words, length) for words in (scheme, topic, period)]
        columns += [pa.array(total[name][part]) for name in of_result.names[len(columns) :]]
        yield pa.record_batch(columns, schema=of_result)


def draws(group: Group, resampling: Resampling) -> Iterator[np.ndarray]:
    """How often each roll call of a group is drawn, replicates by roll calls, some at a time.

    Every replicate draws as many roll calls as there are, with replacement. The stream of random
    numbers is the group's own, made of the seed and the key, and the n-th number is for the n-th
    roll call in the order of the alphabet: so neither the engine nor the order matters.
    """
    size = len(group.roll_calls)
    words = json.dumps(group.key, ensure_ascii=False).encode()
    entropy = int.from_bytes(hashlib.sha256(words).digest())
    chance = np.random.default_rng([resampling.seed, entropy])
    rank = np.empty(size, dtype=np.int64)
    rank[sorted(range(size), key=group.roll_calls.__getitem__)] = np.arange(size)
    at_once = max(1, NUMBERS_IN_MATRIX // size)
    for start in range(0, resampling.replicates, at_once):
        some = min(at_once, resampling.replicates - start)
        drawn = np.empty((some, size), dtype=np.float32)
        for weights in drawn:
            weights[:] = np.bincount(chance.integers(size, size=size), minlength=size)[rank]
        yield drawn


def _resampled(
    group: Group, resampling: Resampling, first: np.ndarray, second: np.ndarray
) -> dict[str, np.ndarray]:
    """The sums and the sums of squares of every count of these pairs over all replicates, int64."""
    sums = {
        f"{name}_{kind}": np.zeros(len(first), dtype=np.int64)
        for name in RESAMPLED
        for kind in ("sum", "squares")
    }
    few = len(group.roll_calls) <= min(resampling.replicates, MOST_IN_PRODUCTS)
    for pairs, name, total, squares in (
        _of_products(group, resampling, first, second)
        if few
        else _of_replicates(group, resampling, first, second)
    ):
        sums[f"{name}_sum"][pairs] += total
        sums[f"{name}_squares"][pairs] += squares
    return sums


# Some pairs, a count's name, and its sum and sum of squares over some replicates, int64.
_Sums = Iterator[tuple[slice, str, np.ndarray, np.ndarray]]


def _of_products(
    group: Group, resampling: Resampling, first: np.ndarray, second: np.ndarray
) -> _Sums:
    """For fewer roll calls than replicates: the draws enter by their products with each other.

    A count is the draws W times zeros and ones x. The squares of all replicates sum up to
    (W x)'(W x) = x'(W'W) x, where W'W has as many rows as there are roll calls.
    """
    size = len(group.roll_calls)
    total, products = np.zeros(size), np.zeros((size, size))
    for drawn in draws(group, resampling):
        # Whole numbers far below 2^53: exact.
        weights = drawn.astype(np.float64)
        total += weights.sum(axis=0)
        products += weights.T @ weights
    votes = np.concatenate(list(group.chunks()))
    alike = kernel.is_unanimous(*(votes == vote for vote in range(3)))
    at_once = max(1, NUMBERS_IN_MATRIX // size)
    for start in range(0, len(first), at_once):
        pairs = slice(start, start + at_once)
        for name, ones in _indicators(votes[:, first[pairs]], votes[:, second[pairs]], alike):
            x = ones.astype(np.float64)
            squares = np.einsum("rp,rp->p", x, products @ x)
            yield pairs, name, (total @ x).astype(np.int64), squares.astype(np.int64)


def _of_replicates(
    group: Group, resampling: Resampling, first: np.ndarray, second: np.ndarray
) -> _Sums:
    """For as many roll calls as replicates or more: each replicate's counts, some at a time."""
    for drawn in draws(group, resampling):
        at_once = max(1, NUMBERS_IN_MATRIX // len(drawn))
        for start in range(0, len(first), at_once):
            pairs = slice(start, start + at_once)
            for name, counts in _drawn_counts(group, drawn, first[pairs], second[pairs]).items():
                yield pairs, name, counts.sum(axis=0), np.square(counts).sum(axis=0)


def _drawn_counts(
    group: Group, drawn: np.ndarray, first: np.ndarray, second: np.ndarray
) -> dict[str, np.ndarray]:
    """The counts of some pairs in some replicates, int64, replicates by pairs."""
    counts = {name: np.zeros((len(drawn), len(first)), dtype=np.int64) for name in RESAMPLED}
    at_once = max(1, NUMBERS_IN_MATRIX // max(1, len(first)))
    done = 0
    for chunk in group.chunks():
        yes, abstain, no, _ = (chunk == vote for vote in range(4))
        alike = kernel.is_unanimous(yes, abstain, no)
        for start in range(0, len(chunk), at_once):
            part = slice(start, start + at_once)
            weights = drawn[:, done + start : done + start + len(chunk[part])]
            of_first, of_second = chunk[part][:, first], chunk[part][:, second]
            for name, ones in _indicators(of_first, of_second, alike[part]):
                # float32 counts exactly up to 2^24 roll calls.
                counts[name] += (weights @ ones.astype(np.float32)).astype(np.int64)
        done += len(chunk)
    return counts


def _indicators(
    first: np.ndarray, second: np.ndarray, alike: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """For each count, on which roll calls it counts each pair: roll calls by pairs."""
    letters = {letter: vote for vote, letter in enumerate("yan")}
    for cell in kernel.CELLS:
        yield cell, (first == letters[cell[0]]) & (second == letters[cell[1]])
    absent = kernel.VOTES.index("absent")
    first_voted, second_voted = ((one >= 0) & (one < absent) for one in (first, second))
    first_absent, second_absent = first == absent, second == absent
    yield "n", first_voted & second_voted
    yield "unanimous", first_voted & second_voted & alike[:, None]
    yield "absent_a", first_absent & second_voted
    yield "absent_b", first_voted & second_absent
    yield "absent_both", first_absent & second_absent
    either = (first_absent & (second >= 0)) | ((first >= 0) & second_absent)
    yield "absent_either", either


def packed_counter(
    resampling: Resampling,
) -> Callable[[tuple[pa.Scalar, ...], Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """`count_packed` in the form that Spark's `applyInArrow` takes."""

    def counter(
        key: tuple[pa.Scalar, ...], batches: Iterator[pa.RecordBatch]
    ) -> Iterator[pa.RecordBatch]:
        chamber, scheme, topic, period = (part.as_py() for part in key)
        yield from count_packed((chamber, scheme, topic, period), batches, resampling)

    return counter


def count_packed(
    key: tuple[str, str, str, str], batches: Iterable[pa.RecordBatch], resampling: Resampling
) -> Iterator[pa.RecordBatch]:
    """Count a group of which each row is a roll call with all its votes: see `count_group`.

    The columns are roll_call and votes, a list of (member, code of the vote). The votes are kept as
    they come in, in a temporary file if they are many. Raises ValueError with TWO_VOTES if a member
    has two votes on a roll call.
    """
    roll_calls: list[str] = []
    places: dict[str, int] = {}
    with tempfile.SpooledTemporaryFile(max_size=BYTES_IN_MEMORY) as kept:
        for batch in batches:
            votes = batch.column("votes")
            sizes = np.diff(votes.offsets.to_numpy())
            named = votes.flatten().field("member").dictionary_encode()
            names = named.dictionary.to_pylist()
            place = np.array([places.setdefault(name, len(places)) for name in names], dtype=int)
            placed = np.full((batch.num_rows, len(places)), -1, dtype=np.int8)
            rows = np.repeat(np.arange(batch.num_rows), sizes)
            placed[rows, place[named.indices.to_numpy()]] = votes.flatten().field("vote").to_numpy()
            if (placed >= 0).sum() < len(rows):
                raise ValueError(TWO_VOTES)
            roll_calls += batch.column("roll_call").to_pylist()
            np.save(kept, placed)
        members = sorted(places)
        order = np.array([places[member] for member in members], dtype=int)
        end = kept.tell()

        def chunks() -> Iterator[np.ndarray]:
            kept.seek(0)
            while kept.tell() < end:
                narrow = np.load(kept)
                # Members that came later were none on these roll calls.
                wide = np.full((len(narrow), len(order)), -1, dtype=np.int8)
                wide[:, : narrow.shape[1]] = narrow
                yield wide[:, order]

        yield from count_group(Group(key, roll_calls, members, chunks), resampling)

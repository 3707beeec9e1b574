"""The pair kernel: how often any two member states voted which way, counted by matrix products.

Belongs here: turning votes into counts of the 4 by 4 table (yes, abstain, no, absent) of each
pair on a set of roll calls. Not here: which sets (int_roll_call_sets), what is read or written (the
models that call it), and every measure (the SQL macros).

One matrix of ones and zeros per vote value, roll calls by states: the product of two of them
counts, for every pair of states at once, the roll calls with that combination of votes.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from threadpoolctl import threadpool_limits

VOTES = ("yes", "abstain", "no", "absent")
CELLS = ("yy", "ya", "yn", "ay", "aa", "an", "ny", "na", "nn")
COUNT_COLUMNS = (
    *CELLS,
    "unanimous",
    "absent_a",
    "absent_b",
    "absent_both",
)


@cache
def upper_triangle(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The positions of the pairs of `size` states in a flattened square matrix.

    Returns four integer arrays of length size * (size - 1) / 2: the row and column of each pair
    (row < column), its flat position, and the flat position of the reversed pair.
    """
    first, second = np.triu_indices(size, k=1)
    return first, second, first * size + second, second * size + first


def count_pairs(votes: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Count how each pair of states voted on some roll calls.

    `votes` is roll calls by states, int8: 0 yes, 1 abstain, 2 no, 3 absent, -1 no member. Returns
    the columns of the first and second state of each pair (first < second) of which one at least
    voted while both were members, and the counts by name (COUNT_COLUMNS), int32.
    """
    present = np.flatnonzero((votes >= 0).any(axis=0))
    return telling_pairs(present, count_all_pairs(votes[:, present]))


def count_all_pairs(votes: np.ndarray) -> dict[str, np.ndarray]:
    """Count every pair of columns of `votes`, which is as in `count_pairs`.

    Returns the counts by name (COUNT_COLUMNS), int32, in the order of `upper_triangle`. Counts of
    different roll calls add up.
    """
    _, _, above, below = upper_triangle(votes.shape[1])
    # float32 counts exactly up to 2^24 roll calls and multiplies at full speed.
    yes, abstain, no, absent = ((votes == value).astype(np.float32) for value in range(4))
    cast = yes + abstain + no
    alike = is_unanimous(yes, abstain, no)

    def product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return (left.T @ right).astype(np.int32).ravel()

    counts = {}
    for letter, matrix in (("y", yes), ("a", abstain), ("n", no)):
        counts[letter * 2] = product(matrix, matrix)[above]
    for letters, left, right in (("ya", yes, abstain), ("yn", yes, no), ("an", abstain, no)):
        both = product(left, right)
        counts[letters] = both[above]
        counts[letters[::-1]] = both[below]
    counts["unanimous"] = product(cast[alike], cast[alike])[above]
    one_absent = product(absent, cast)
    counts["absent_a"] = one_absent[above]
    counts["absent_b"] = one_absent[below]
    counts["absent_both"] = product(absent, absent)[above]
    return counts


def is_unanimous(yes: np.ndarray, abstain: np.ndarray, no: np.ndarray) -> np.ndarray:
    """Whether all that voted on a roll call voted alike; three matrices of ones and zeros."""
    return (yes.any(axis=1) * 1 + abstain.any(axis=1) + no.any(axis=1)) == 1


def telling_pairs(
    present: np.ndarray, counts: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Drop the pairs of which neither voted while both were members: they carry no information.

    `present` numbers the columns that `counts` are of. Returns what `count_pairs` does.
    """
    first, second, _, _ = upper_triangle(len(present))
    both_voted = sum(counts[cell] for cell in CELLS)
    telling = (both_voted + counts["absent_a"] + counts["absent_b"]) > 0
    if not telling.all():
        first, second = first[telling], second[telling]
        counts = {name: values[telling] for name, values in counts.items()}
    return present[first], present[second], counts


def pair_counts(votes: pa.Table, sets: pa.Table) -> pa.RecordBatchReader:
    """Count every pair on every set of roll calls.

    `votes` has the columns roll_call_id, state and vote ('yes', 'abstain', 'no', 'absent'); `sets`
    has set_id (int32) and roll_calls (a list of roll_call_id). Returns one row per set and
    unordered pair of states (state_a < state_b), in the order of `sets`, with the columns of
    COUNT_COLUMNS as int32: a stream, one batch a set, so that counting and writing go side by side
    and memory stays small.
    """
    roll_calls = votes["roll_call_id"].combine_chunks().dictionary_encode()
    states = pa.array(sorted(votes["state"].unique().to_pylist()), pa.string())
    placed = np.full((len(roll_calls.dictionary), len(states)), -1, dtype=np.int8)
    placed[roll_calls.indices.to_numpy(), pc.index_in(votes["state"], states).to_numpy()] = (
        pc.index_in(votes["vote"], pa.array(VOTES)).to_numpy()
    )
    coded = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [("set_id", pa.int32()), ("state_a", coded), ("state_b", coded)]
        + [(name, pa.int32()) for name in COUNT_COLUMNS]
    )

    def batches() -> Iterator[pa.RecordBatch]:
        # The matrices are small: threads of the product would wait for each other, and for the
        # threads that write.
        with threadpool_limits(limits=1, user_api="blas"):
            for set_id, members in zip(sets["set_id"], sets["roll_calls"], strict=True):
                rows = pc.index_in(members.values, roll_calls.dictionary)
                first, second, counts = count_pairs(placed[rows.to_numpy()])
                pair = [
                    pa.DictionaryArray.from_arrays(index.astype(np.int32), states)
                    for index in (first, second)
                ]
                yield pa.record_batch(
                    [
                        pa.repeat(set_id, len(first)),
                        *pair,
                        *(counts[name] for name in COUNT_COLUMNS),
                    ],
                    schema=schema,
                )

    return pa.RecordBatchReader.from_batches(schema, batches())

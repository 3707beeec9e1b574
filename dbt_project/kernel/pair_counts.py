"""The pair kernel: how often any two member states voted which way, counted by matrix products.

Belongs here: turning votes into counts of the 4 by 4 table (yes, abstain, no, absent) of each
pair, period, scheme and topic. Not here: what is read or written (the models that call it) and
every measure (the SQL macros).

One matrix of ones and zeros a vote value, roll calls by states: the product of two of them counts,
for every pair of states at once, the roll calls on which the one voted this way and the other that.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from threadpoolctl import threadpool_limits

VOTES = ("yes", "abstain", "no", "absent")
CELLS = ("yy", "ya", "yn", "ay", "aa", "an", "ny", "na", "nn")
COUNT_COLUMNS = (
    *CELLS,
    "n",
    "unanimous",
    "absent_a",
    "absent_b",
    "absent_both",
)

# Scheme, topic, year, session, and the places of the roll calls.
Key = tuple[str, str, int | None, str | None, list[int]]


@cache
def upper_triangle(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Where the pairs of `size` states stand in a flattened square matrix.

    Returns four integer arrays of length size * (size - 1) / 2: the row and column of each pair
    (row < column), its flat position, and the flat position of the same pair the other way round.
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
    votes = votes[:, present]
    first, second, above, below = upper_triangle(len(present))
    # float32 counts exactly up to 2^24 roll calls and multiplies at full speed.
    yes, abstain, no, absent = ((votes == value).astype(np.float32) for value in range(4))
    cast = yes + abstain + no
    alike = (yes.any(axis=1) * 1 + abstain.any(axis=1) + no.any(axis=1)) == 1

    def product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return (left.T @ right).astype(np.int32).ravel()

    counts = {}
    for letter, matrix in (("y", yes), ("a", abstain), ("n", no)):
        counts[letter * 2] = product(matrix, matrix)[above]
    for letters, left, right in (("ya", yes, abstain), ("yn", yes, no), ("an", abstain, no)):
        both = product(left, right)
        counts[letters] = both[above]
        counts[letters[::-1]] = both[below]
    counts["n"] = product(cast, cast)[above]
    counts["unanimous"] = product(cast[alike], cast[alike])[above]
    one_absent = product(absent, cast)
    counts["absent_a"] = one_absent[above]
    counts["absent_b"] = one_absent[below]
    counts["absent_both"] = product(absent, absent)[above]
    # Two states of which neither ever voted while both were members say nothing.
    telling = (counts["n"] + counts["absent_a"] + counts["absent_b"]) > 0
    if not telling.all():
        first, second = first[telling], second[telling]
        counts = {name: values[telling] for name, values in counts.items()}
    return present[first], present[second], counts


def sets_of_roll_calls(topics: pa.Table, rows: pa.Array) -> list[Key]:
    """The sets of roll calls to count: those of each scheme and topic in a year and in a session.

    `topics` has scheme, topic, year and session; `rows` says which roll call each row is of.
    Returns (scheme, topic, year, session, roll calls) in order. A year whose roll calls are all of
    one session, and that session's only ones, is one set and has both; else one of them is None.
    """
    sets: dict[tuple[str, str, tuple[int, ...]], dict[str, Any]] = {}
    topics = topics.append_column("row", rows)
    for period in ("year", "session"):
        grouped = topics.group_by(["scheme", "topic", period]).aggregate([("row", "list")])
        for found in grouped.to_pylist():
            roll_calls = tuple(sorted(found["row_list"]))
            same = sets.setdefault((found["scheme"], found["topic"], roll_calls), {})
            same[period] = found[period]
    keys = [
        (scheme, topic, periods.get("year"), periods.get("session"), list(roll_calls))
        for (scheme, topic, roll_calls), periods in sets.items()
    ]
    # Years in order first, then what is a session's alone.
    return sorted(keys, key=lambda key: (*key[:2], key[2] is None, key[2] or 0, key[3] or ""))


def pair_counts(votes: pa.Table, topics: pa.Table) -> pa.RecordBatchReader:
    """Count every pair in every year and every session, by scheme and topic.

    `votes` has the columns roll_call_id, state and vote ('yes', 'abstain', 'no', 'absent');
    `topics` has roll_call_id, scheme, topic, year and session. Returns one row per unordered pair
    of states (state_a < state_b), scheme, topic and set of roll calls (`sets_of_roll_calls`), with
    the columns of COUNT_COLUMNS as int32: a stream, one batch a set, so that counting and writing
    go side by side and memory stays small. Where year is not null, a row counts the year; where
    session is not null, the session.
    """
    roll_calls = votes["roll_call_id"].combine_chunks().dictionary_encode()
    states = pa.array(sorted(votes["state"].unique().to_pylist()), pa.string())
    placed = np.full((len(roll_calls.dictionary), len(states)), -1, dtype=np.int8)
    placed[roll_calls.indices.to_numpy(), pc.index_in(votes["state"], states).to_numpy()] = (
        pc.index_in(votes["vote"], pa.array(VOTES)).to_numpy()
    )
    keys = sets_of_roll_calls(topics, pc.index_in(topics["roll_call_id"], roll_calls.dictionary))
    words = [pa.array(sorted({key[place] for key in keys})) for place in (0, 1)]
    coded = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [("state_a", coded), ("state_b", coded), ("year", pa.int32()), ("session", pa.string())]
        + [("scheme", coded), ("topic", coded)]
        + [(name, pa.int32()) for name in COUNT_COLUMNS]
    )

    def batches() -> Iterator[pa.RecordBatch]:
        # The matrices are small: threads of the product would wait for each other, and for the
        # threads that write.
        with threadpool_limits(limits=1, user_api="blas"):
            for scheme, topic, year, session, selected in keys:
                first, second, counts = count_pairs(placed[selected])
                size = len(first)
                one_word = [
                    pa.DictionaryArray.from_arrays(
                        np.full(size, known.index(word).as_py(), np.int32), known
                    )
                    for known, word in zip(words, (scheme, topic), strict=True)
                ]
                pair = [
                    pa.DictionaryArray.from_arrays(index.astype(np.int32), states)
                    for index in (first, second)
                ]
                yield pa.record_batch(
                    [
                        *pair,
                        pa.repeat(pa.scalar(year, pa.int32()), size),
                        pa.repeat(pa.scalar(session, pa.string()), size),
                        *one_word,
                        *(counts[name] for name in COUNT_COLUMNS),
                    ],
                    schema=schema,
                )

    return pa.RecordBatchReader.from_batches(schema, batches())

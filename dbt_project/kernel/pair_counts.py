"""The pair kernel: how often any two member states voted which way, counted by matrix products.

Belongs here: turning votes into counts of the 4 by 4 table (yes, abstain, no, absent) of each
pair, period, scheme and topic. Not here: what is read or written (the models that call it) and
every measure (the SQL macros).

One matrix of ones and zeros a vote value, roll calls by states: the product of two of them counts,
for every pair of states at once, the roll calls on which the one voted this way and the other that.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CAST = ("y", "a", "n")
CELLS = tuple(first + second for first in CAST for second in CAST)
ABSENT = 3
COUNT_COLUMNS = (
    *CELLS,
    "n",
    "unanimous",
    "absent_a",
    "absent_b",
    "absent_both",
    "absent_either",
)


def pair_counts(
    roll_call: np.ndarray,
    state: np.ndarray,
    vote: np.ndarray,
    selections: list[np.ndarray],
    states: int,
) -> Iterator[tuple[int, np.ndarray, np.ndarray, dict[str, np.ndarray]]]:
    """Count the votes of each pair of states on each selection of roll calls.

    `roll_call`, `state` and `vote` have one entry a vote: the index of the roll call (0-based,
    dense), of the state (below `states`, in the order of their codes) and the vote (0 yes,
    1 abstain, 2 no, 3 absent). Each selection is an array of roll call indices. Yields, per
    selection, its position, the indices of the first and second state of each pair that shares a
    roll call (first < second), and the counts by column name, int32. A pair that was never a
    member together on a selected roll call is left out.
    """
    placed = np.full((int(roll_call.max()) + 1 if len(roll_call) else 0, states), -1, dtype=np.int8)
    placed[roll_call, state] = vote
    for position, selection in enumerate(selections):
        votes = placed[selection]
        present = np.flatnonzero((votes >= 0).any(axis=0))
        votes = votes[:, present]
        size = len(present)
        # float32 counts exactly up to 2^24 roll calls and multiplies at full speed.
        ones = np.concatenate([votes == value for value in range(4)], axis=1).astype(np.float32)
        table = (ones.T @ ones).astype(np.int32).reshape(4, size, 4, size)
        kinds_cast = sum((votes == value).any(axis=1).astype(np.int8) for value in range(3))
        cast = ((votes >= 0) & (votes < ABSENT))[kinds_cast == 1].astype(np.float32)
        unanimous = (cast.T @ cast).astype(np.int32)
        first, second = np.triu_indices(size, k=1)
        counts = {
            a + b: table[i, first, j, second]
            for i, a in enumerate(CAST)
            for j, b in enumerate(CAST)
        }
        counts["n"] = table[:ABSENT, :, :ABSENT, :].sum(axis=(0, 2), dtype=np.int32)[first, second]
        counts["unanimous"] = unanimous[first, second]
        counts["absent_a"] = table[ABSENT, :, :ABSENT, :].sum(axis=1, dtype=np.int32)[first, second]
        counts["absent_b"] = table[:ABSENT, :, ABSENT, :].sum(axis=0, dtype=np.int32)[first, second]
        counts["absent_both"] = table[ABSENT, :, ABSENT, :][first, second]
        counts["absent_either"] = counts["absent_a"] + counts["absent_b"] + counts["absent_both"]
        shared = (counts["n"] + counts["absent_either"]) > 0
        yield (
            position,
            present[first[shared]],
            present[second[shared]],
            {name: values[shared] for name, values in counts.items()},
        )


def pair_table(
    votes: pa.Table, topics: pa.Table, period: str, period_type: pa.DataType
) -> pa.Table:
    """Count every pair in every period, scheme and topic.

    `votes` has the columns roll_call_id, state and vote ('yes', 'abstain', 'no', 'absent');
    `topics` has roll_call_id, scheme, topic and `period`. Returns one row per unordered pair of
    states (state_a < state_b), period, scheme and topic, ordered by scheme, topic, period and pair,
    with the columns of COUNT_COLUMNS as int32.
    """
    roll_calls = votes["roll_call_id"].combine_chunks().dictionary_encode()
    states = sorted(votes["state"].unique().to_pylist())
    state_index = pa.array(states)
    state = pc.index_in(votes["state"], state_index).to_numpy()
    vote = pc.index_in(votes["vote"], pa.array(["yes", "abstain", "no", "absent"])).to_numpy()
    keys = topics.group_by(["scheme", "topic", period]).aggregate([("roll_call_id", "list")])
    keys = keys.sort_by([("scheme", "ascending"), ("topic", "ascending"), (period, "ascending")])
    selections = [
        pc.index_in(ids.values, roll_calls.dictionary).to_numpy(zero_copy_only=False)
        for ids in keys["roll_call_id_list"]
    ]
    names = [keys[name].to_pylist() for name in ("scheme", "topic", period)]
    batches = []
    for position, first, second, counts in pair_counts(
        roll_calls.indices.to_numpy(), state, vote, selections, len(states)
    ):
        rows = len(first)
        scheme, topic, when = (column[position] for column in names)
        batches.append(
            pa.table(
                {
                    "state_a": pa.DictionaryArray.from_arrays(first.astype(np.int32), state_index),
                    "state_b": pa.DictionaryArray.from_arrays(second.astype(np.int32), state_index),
                    period: pa.repeat(pa.scalar(when, period_type), rows),
                    "scheme": pa.repeat(pa.scalar(scheme), rows).dictionary_encode(),
                    "topic": pa.repeat(pa.scalar(topic), rows).dictionary_encode(),
                    **counts,
                }
            )
        )
    return pa.concat_tables(batches)

"""An invented parliament: its votes in the files that `unga pairs` reads.

Belongs here: drawing and writing them, also as an example of the layout. Not here: measuring
(scale_out.py), or the invented Assembly of the tests (orchestration/sample/).

    python -m benchmarks.parliament FOLDER --members 700 --roll-calls 10000 --seed 1

Seven parties lie on a line; a member lies near its party, a roll call has a place on the line and a
direction, and who is far enough on its side votes yes. Roll calls are spread evenly over two years
and six topics, so that there are as many groups whatever their number.
"""

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

CHAMBER = "Parliament"
VOTES = ("yes", "abstain", "no", "absent")
SCHEME, TOPICS = "committee", ("budget", "health", "justice", "labour", "schools", "transport")
FIRST_DAY, DAYS = date(2023, 1, 1), 730
PARTIES = 7
VOTES_AT_ONCE = 1_000_000

_VOTES = pa.schema(
    [
        ("chamber", pa.string()),
        ("roll_call", pa.string()),
        ("member", pa.string()),
        ("vote", pa.string()),
        ("day", pa.date32()),
    ]
)


def write_parliament(folder: Path, members: int, roll_calls: int, seed: int) -> None:
    """Write votes.parquet and roll_call_topics.parquet; the same seed gives the same votes."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"{CHAMBER}-{nth:07}" for nth in range(roll_calls)]
    topics = {
        "chamber": [CHAMBER] * (2 * roll_calls),
        "roll_call": ids * 2,
        "scheme": [SCHEME] * (2 * roll_calls),
        "topic": ["all"] * roll_calls + [TOPICS[nth % len(TOPICS)] for nth in range(roll_calls)],
    }
    pq.write_table(pa.table(topics), folder / "roll_call_topics.parquet")
    with pq.ParquetWriter(folder / "votes.parquet", _VOTES, compression="zstd") as file:
        for batch in _votes(ids, members, np.random.default_rng(seed)):
            file.write_batch(batch)


def _votes(ids: list[str], members: int, chance: np.random.Generator) -> Iterator[pa.RecordBatch]:
    party = np.arange(members) % PARTIES
    place = np.linspace(-1, 1, PARTIES)[party] + chance.normal(0, 0.15, members)
    names = pa.array([f"M{nth:05}" for nth in range(members)])
    at_once = max(1, VOTES_AT_ONCE // members)
    for start in range(0, len(ids), at_once):
        some = ids[start : start + at_once]
        cut, direction = chance.normal(0, 0.7, len(some)), chance.choice([-1, 1], len(some))
        leaning = direction[:, None] * (place[None, :] - cut[:, None])
        leaning += chance.normal(0, 0.3, leaning.shape)
        votes = np.where(leaning > 0.1, 0, np.where(leaning < -0.1, 2, 1))
        votes[chance.random(votes.shape) < 0.12] = VOTES.index("absent")
        days = [FIRST_DAY + timedelta(days=nth * DAYS // len(ids))
                for nth in range(start, start + len(some))]  # fmt: skip
        yield pa.record_batch(
            [
                pa.repeat(CHAMBER, votes.size),
                pa.array(some).take(pa.array(np.repeat(np.arange(len(some)), members))),
                names.take(pa.array(np.tile(np.arange(members), len(some)))),
                pa.array(VOTES).take(pa.array(votes.ravel())),
                pa.array(days, pa.date32()).take(
                    pa.array(np.repeat(np.arange(len(some)), members))
                ),
            ],
            schema=_VOTES,
        )


if __name__ == "__main__":
    asked = argparse.ArgumentParser("python -m benchmarks.parliament")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--members", type=int, default=700)
    asked.add_argument("--roll-calls", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    write_parliament(given.folder, given.members, given.roll_calls, given.seed)

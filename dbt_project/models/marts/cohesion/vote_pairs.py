"""One row per unordered pair of states, year, scheme and topic: see vote_pairs.yml.

Belongs here: the period that is counted by. The counting is in kernel/pair_counts.py.
"""

import pair_counts
import pyarrow as pa


def model(dbt, session):
    """Count the votes of each pair on resolutions, per year."""
    dbt.config(materialized="table")
    votes = dbt.ref("int_resolution_votes").to_arrow_table()
    topics = dbt.ref("int_resolution_topics").to_arrow_table()
    return pair_counts.pair_counts(votes, topics, "year", pa.int32())

"""One row per pair of states, scheme, topic and set of roll calls: see int_pair_counts.yml.

Belongs here: what is counted. The counting is in kernel/pair_counts.py.
"""

import pair_counts


def model(dbt, session):
    """Count the votes of each pair on resolutions, by year and by session."""
    dbt.config(materialized="table")
    votes = dbt.ref("int_resolution_votes").to_arrow_table()
    topics = dbt.ref("int_resolution_topics").to_arrow_table()
    return pair_counts.pair_counts(votes, topics)

"""One row per unordered pair of states, year, scheme and topic: see vote_pairs.yml.

Belongs here: which roll calls are counted. The counting is in kernel/pair_counts.py.
"""

import pair_counts
import pyarrow as pa


def model(dbt, session):
    """Count the votes of each pair on resolutions, per calendar year."""
    dbt.config(materialized="table")
    votes = dbt.ref("fct_votes")
    topics = dbt.ref("bridge_roll_call_topics")
    roll_calls = dbt.ref("dim_roll_calls")
    counted = roll_calls.filter("kind = 'resolution'").set_alias("roll_calls")
    return pair_counts.pair_table(
        votes.set_alias("votes")
        .join(counted, "votes.roll_call_id = roll_calls.roll_call_id")
        .select("votes.roll_call_id, votes.state, votes.vote")
        .to_arrow_table(),
        topics.set_alias("topics")
        .filter("scheme in ('voeten', 'study')")
        .join(counted, "topics.roll_call_id = roll_calls.roll_call_id")
        .select(
            "topics.roll_call_id, topics.scheme, topics.topic, roll_calls.year::integer as year"
        )
        .to_arrow_table(),
        "year",
        pa.int32(),
    )

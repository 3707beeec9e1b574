"""One row per pair of states and set of roll calls: see int_pair_counts.yml.

Belongs here: what is counted. The counting is in kernel/pair_counts.py.
"""

import pair_counts


def model(dbt, session):
    """Count the votes of each pair on each set of resolutions."""
    dbt.config(materialized="table")
    votes = dbt.ref("int_resolution_votes").to_arrow_table()
    sets = dbt.ref("int_roll_call_sets").order("set_id").to_arrow_table()
    # As an enum a state takes a byte, runs of it next to none, and a filter compares numbers.
    states = ", ".join(f"'{state}'" for state in sorted(votes["state"].unique().to_pylist()))
    return session.from_arrow(pair_counts.pair_counts(votes, sets)).select(
        f"* replace (state_a::enum({states}) as state_a, state_b::enum({states}) as state_b)"
    )

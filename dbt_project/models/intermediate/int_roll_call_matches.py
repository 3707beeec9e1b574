"""One row per roll call that the votes match with another source's: see int_roll_call_matches.yml.

Belongs here: which roll calls are asked about. The matching is in kernel/roll_call_matching.py.
"""

from roll_call_matching import RollCall, match


def model(dbt, session):
    """Match what no symbol matches: Voeten's roll calls with those of the UN's own sources."""
    dbt.config(materialized="table")
    unmatched = dbt.ref("int_unmatched_roll_calls").to_arrow_table().to_pylist()
    listed = dbt.ref("int_source_votes")
    asked = dbt.ref("int_unmatched_roll_calls").select("source, source_key")
    votes: dict[tuple[str, str], dict[str, str]] = {}
    rows = listed.set_alias("listed").join(asked.set_alias("asked"), "source, source_key")
    for row in rows.select("source, source_key, state, vote").fetchall():
        votes.setdefault(row[:2], {})[row[2]] = row[3]
    roll_calls = [RollCall(**row) for row in unmatched]
    return match(
        [roll_call for roll_call in roll_calls if roll_call.source == "voeten"],
        [roll_call for roll_call in roll_calls if roll_call.source != "voeten"],
        votes,
    )

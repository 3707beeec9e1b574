"""One row per roll call matched with another source's by votes: see int_roll_call_matches.yml.

Belongs here: which roll calls are compared with which. The matching is in
kernel/roll_call_matching.py.
"""

import pyarrow as pa
from roll_call_matching import RollCall, match


def model(dbt, session):
    """Match roll calls that no symbol matches: the UN's two sources, then Voeten with both."""
    dbt.config(materialized="table")
    unmatched = dbt.ref("int_unmatched_roll_calls")
    asked = unmatched.select("source, source_key").distinct().set_alias("asked")
    listed = dbt.ref("int_source_votes").set_alias("listed")
    votes: dict[tuple[str, str], dict[str, str]] = {}
    columns = "source, source_key, state, vote"
    for row in listed.join(asked, "source, source_key").select(columns).fetchall():
        votes.setdefault(row[:2], {})[row[2]] = row[3]
    of_un: dict[str, list[RollCall]] = {"undl": [], "unxml": []}
    with_voeten: dict[str, list[RollCall]] = {"undl": [], "unxml": [], "voeten": []}
    for row in unmatched.to_arrow_table().to_pylist():
        asks = row.pop("asks")
        (of_un if asks == "un" else with_voeten)[row["source"]].append(RollCall(**row))
    un = match(of_un["unxml"], of_un["undl"], votes)
    # What undl has too is asked about under undl's record alone.
    same = set(un["source_key"].to_pylist())
    others = with_voeten["undl"] + [
        record for record in with_voeten["unxml"] if record.source_key not in same
    ]
    return pa.concat_tables([un, match(with_voeten["voeten"], others, votes)])

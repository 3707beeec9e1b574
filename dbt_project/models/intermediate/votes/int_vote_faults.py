"""One row per fault visible in the votes of a source: see int_vote_faults.yml.

Belongs here: which votes of which source are examined. The search is in kernel/vote_faults.py.
"""

import numpy as np
import pyarrow as pa
from vote_faults import Ballots, find

COLUMNS = ("rule", "session", "state", "says", "source_key")


def model(dbt, session):
    """Examine each source separately, before any correction."""
    dbt.config(materialized="table")
    roll_calls = dbt.ref("int_source_roll_calls").set_alias("roll_calls")
    totals = dbt.ref("int_published_totals").set_alias("totals")
    votes = dbt.ref("int_ballots")
    faults = []
    for (source,) in roll_calls.select("source").distinct().order("source").fetchall():
        rows = (
            roll_calls.filter(f"source = '{source}'")
            .join(totals, "roll_calls.match_symbol = totals.symbol", "left")
            .select(
                "source_key, source_session, 12 * year(vote_date) + month(vote_date) - 1 as month,"
                " coalesce(yes_stated, totals.yes) as y, coalesce(abstain_stated, totals.abstain)"
                " as a, coalesce(no_stated, totals.no) as n, vote_date"
            )
            .order("vote_date, source_key")
            .fetchnumpy()
        )
        listed = (
            votes.filter(f"source = '{source}'")
            .select("source_key, state, ballot")
            .to_arrow_table()
        )
        keys, states = (
            pa.array(rows["source_key"]),
            pa.array(sorted(set(listed["state"].to_pylist()))),
        )
        placed = np.full((len(keys), len(states)), -1, np.int8)
        placed[
            pa.compute.index_in(listed["source_key"], keys).to_numpy(),
            pa.compute.index_in(listed["state"], states).to_numpy(),
        ] = listed["ballot"].to_numpy()
        ballots = Ballots(
            keys=rows["source_key"].tolist(),
            sessions=rows["source_session"].tolist(),
            months=rows["month"].astype(int),
            states=states.to_pylist(),
            votes=placed,
            stated=np.stack(
                [np.ma.filled(rows[total].astype(float), np.nan) for total in "yan"], axis=1
            ),
        )
        faults += [(source, *(getattr(fault, name) for name in COLUMNS)) for fault in find(ballots)]
    columns = zip(*faults, strict=True) if faults else [[]] * (len(COLUMNS) + 1)
    return pa.table(
        {
            name: pa.array(values, pa.string())
            for name, values in zip(("source", *COLUMNS), columns, strict=True)
        }
    )

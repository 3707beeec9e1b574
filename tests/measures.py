"""The measures as dbt compiles them, over tables of counts.

Belongs here: compiling the macros, and running them. Not here: what they must come to
(unit/test_measures.py), or the explorer's own (e2e/test_explorer.py).
"""

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from warehouses import dbt

CELLS = ("yy", "ya", "yn", "ay", "aa", "an", "ny", "na", "nn")


def compiled_measures(work: Path) -> str:
    """The select that the cohesion marts are, over a relation called `pairs`."""
    compiled = dbt(
        work / "unga.duckdb",
        *["--quiet", "compile", "--inline", "{{ cohesion_in_both_orders('pairs', 'year') }}"],
        *["--vars", "{minimum_n: 1}"],
        target=work / "target",
    )
    assert compiled.returncode == 0, compiled.stdout + compiled.stderr
    return compiled.stdout[compiled.stdout.index("with both_orders") :]


def measured_all(sql: str, cells: np.ndarray, unanimous, absent_a, absent_b) -> pl.DataFrame:
    """The mart's rows for many 3 by 3 tables (tables by 9): two for each, numbered by `year`."""
    pairs = pl.DataFrame(  # noqa: F841  (read by the query)
        {
            "state_a": ["AAA"] * len(cells),
            "state_b": ["BBB"] * len(cells),
            "year": range(len(cells)),
            "scheme": ["study"] * len(cells),
            "topic": ["all"] * len(cells),
            **dict(zip(CELLS, cells.T.astype(np.int32), strict=True)),
            "n": cells.sum(axis=1).astype(np.int32),
            "unanimous": unanimous,
            "absent_a": absent_a,
            "absent_b": absent_b,
            "absent_either": np.add(absent_a, absent_b),
        }
    )
    with duckdb.connect() as connection:
        return connection.sql(sql).pl()

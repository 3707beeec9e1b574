"""The measures as dbt compiles them, against plain Python and other libraries' kappa."""

import math
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

ROOT = Path(__file__).parents[2]
CELLS = ("yy", "ya", "yn", "ay", "aa", "an", "ny", "na", "nn")
DBT = Path(sys.executable).with_name("dbt")


@pytest.fixture(scope="module")
def measures_sql(tmp_path_factory) -> str:
    """The select that the cohesion marts are, over a relation called `pairs`."""
    work = tmp_path_factory.mktemp("dbt")
    compiled = subprocess.run(
        [
            str(DBT),
            "--quiet",
            "compile",
            "--inline",
            "{{ cohesion_in_both_orders('pairs', 'year') }}",
            "--vars",
            "{minimum_n: 1}",
            "--profiles-dir",
            str(ROOT / "dbt_project"),
            "--project-dir",
            str(ROOT / "dbt_project"),
            "--target-path",
            str(work / "target"),
            "--log-path",
            str(work / "logs"),
        ],
        env={
            "PATH": "/usr/bin:/bin",
            "UNGA_DATABASE": str(work / "unga.duckdb"),
            "DBT_PROJECT_DIR": str(ROOT / "dbt_project"),
            "DO_NOT_TRACK": "1",
        },
        cwd=ROOT / "dbt_project",
        capture_output=True,
        text=True,
        check=False,
    )
    assert compiled.returncode == 0, compiled.stdout + compiled.stderr
    return compiled.stdout[compiled.stdout.index("with both_orders") :]


def measured(sql: str, cells: np.ndarray, unanimous: int = 0, absent_a: int = 0, absent_b: int = 0):
    """The mart's two rows (seen from the first and from the second state) for one 3 by 3 table."""
    counts = dict(zip(CELLS, (int(value) for value in cells.flatten()), strict=True))
    pairs = pl.DataFrame(  # noqa: F841  (read by the query)
        [
            {
                "state_a": "AAA",
                "state_b": "BBB",
                "year": 2000,
                "scheme": "study",
                "topic": "all",
                **counts,
                "n": sum(counts.values()),
                "unanimous": unanimous,
                "absent_a": absent_a,
                "absent_b": absent_b,
                "absent_either": absent_a + absent_b,
            }
        ]
    )
    with duckdb.connect() as connection:
        return connection.sql(sql).pl().sort("state").to_dicts()


def raters(cells: np.ndarray) -> tuple[list[int], list[int]]:
    """The table written out as two raters' lists of codes 1, 2, 3."""
    first, second = [], []
    for i in range(3):
        for j in range(3):
            first += [i + 1] * int(cells[i, j])
            second += [j + 1] * int(cells[i, j])
    return first, second


def reference(cells: np.ndarray) -> dict[str, float]:
    """Every measure from the definition: distances between the votes of each roll call."""
    first, second = (np.array(codes) for codes in raters(cells))
    n = len(first)
    distance = np.abs(first - second)
    values = {
        "agreement_strict": float(np.mean(distance == 0)),
        "agreement_half": float(np.mean(1 - distance / 2)),
        "s_score": float(1 - 2 * distance.sum() / (n * 2)),
        "opposition_share": float(np.mean(distance == 2)),
    }
    pooled = np.concatenate([first, second])
    for name, power in (("absolute", 1), ("squared", 2)):
        observed = float(np.mean(distance.astype(float) ** power))
        for measure, left, right in (("kappa", first, second), ("pi", pooled, pooled)):
            expected = float(np.mean(np.abs(left[:, None] - right[None, :]).astype(float) ** power))
            values[f"{measure}_{name}"] = 1 - observed / expected if expected else math.nan
    return values


TABLES = st.lists(st.integers(0, 12), min_size=9, max_size=9).filter(any)


@settings(max_examples=50, deadline=None)
@given(TABLES)
def test_measures_equal_plain_python(measures_sql, numbers):
    cells = np.array(numbers).reshape(3, 3)
    row = measured(measures_sql, cells)[0]
    for name, value in reference(cells).items():
        if math.isnan(value):
            assert row[name] is None, name
        else:
            assert row[name] == pytest.approx(value, abs=1e-12), name


@settings(max_examples=30, deadline=None)
@given(TABLES)
def test_identities(measures_sql, numbers):
    first, second = measured(measures_sql, np.array(numbers).reshape(3, 3))
    assert first["agreed"] + first["half_agreed"] + first["opposed"] == first["n"]
    assert first["s_score"] == pytest.approx(2 * first["agreement_half"] - 1, abs=1e-12)
    symmetric = set(first) - {"state", "partner", "voting_coincidence"}
    for name in symmetric:
        both = (first[name], second[name])
        assert both[0] == both[1] or both[0] == pytest.approx(both[1], abs=1e-12), name


@settings(max_examples=25, deadline=None)
@given(TABLES)
def test_kappa_equals_that_of_other_libraries(measures_sql, numbers):
    cells = np.array(numbers).reshape(3, 3)
    row = measured(measures_sql, cells)[0]
    if row["kappa_absolute"] is None:
        return
    first, second = raters(cells)
    for name, weights in (("absolute", "linear"), ("squared", "quadratic")):
        ours = row[f"kappa_{name}"]
        theirs = cohen_kappa_score(first, second, labels=[1, 2, 3], weights=weights)
        assert ours == pytest.approx(theirs, abs=1e-9), name
        theirs = cohens_kappa(cells, wt=weights, return_results=False)
        assert ours == pytest.approx(theirs, abs=1e-9), name


def test_contested_agreement_leaves_unanimous_roll_calls_out(measures_sql):
    cells = np.array([[10, 2, 1], [0, 0, 0], [0, 0, 0]])
    row = measured(measures_sql, cells, unanimous=4)[0]
    assert row["agreement_half"] == pytest.approx((10 + 1) / 13)
    assert row["agreement_half_contested"] == pytest.approx((6 + 1) / 9)


def test_coincidence_counts_the_partner_absent_as_half(measures_sql):
    cells = np.array([[6, 1, 2], [0, 0, 0], [0, 0, 1]])
    first, second = measured(measures_sql, cells, absent_a=5, absent_b=2)
    assert first["voting_coincidence"] == pytest.approx((7 + 0.5 + 1) / 12)
    assert second["voting_coincidence"] == pytest.approx((7 + 0.5 + 2.5) / 15)
    assert first["voting_coincidence_yes_no"] == pytest.approx(7 / 9)

"""Wilson's interval of a share, against scipy's.

Belongs here: the macro alone. Not here: the shares (dbt's unit tests of topics_measured).
"""

from pathlib import Path

import duckdb
import jinja2
import pytest
from scipy.stats import binomtest

MACRO = Path(__file__).parents[2] / "dbt_project/macros/measures/wilson_bound.sql"
BOUND = jinja2.Environment().from_string(MACRO.read_text(encoding="utf-8")).module.wilson_bound


@pytest.mark.parametrize(("right", "of"), [(0, 5), (1, 1), (9, 10), (57, 60), (150, 150)])
def test_bounds_are_those_of_scipy(right, of):
    expected = binomtest(right, of).proportion_ci(0.95, method="wilson")
    query = f"select {BOUND(f'{right} / {of}', of, '-')}, {BOUND(f'{right} / {of}', of, '+')}"
    found = duckdb.connect().execute(query).fetchone()
    assert found == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_a_share_that_is_unknown_has_no_interval():
    query = f"select {BOUND('null::double', '3', '-')}"
    assert duckdb.connect().execute(query).fetchone() == (None,)

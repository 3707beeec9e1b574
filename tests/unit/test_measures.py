"""The measures as dbt compiles them, against plain Python and other libraries' kappa."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measures import compiled_measures, measured_all
from scipy.stats import kendalltau
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa


@pytest.fixture(scope="module")
def measures_sql(tmp_path_factory) -> str:
    """The select that the cohesion marts are, over a relation called `pairs`."""
    return compiled_measures(tmp_path_factory.mktemp("dbt"))


def measured(sql: str, cells: np.ndarray, unanimous: int = 0, absent_a: int = 0, absent_b: int = 0):
    """The mart's two rows (seen from the first and from the second state) for one 3 by 3 table."""
    counts = cells.reshape(1, 9)
    rows = measured_all(sql, counts, [unanimous], absent_a=[absent_a], absent_b=[absent_b])
    return rows.sort("state").to_dicts()


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
    by_chance = float(np.mean(np.abs(first[:, None] - second[None, :])))
    values["alignment_index"] = by_chance - float(np.mean(distance))
    values["tau_b"] = float(kendalltau(first, second).statistic)
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
    coincidence = {"voting_coincidence", "voting_coincidence_se"}
    symmetric = set(first) - {"state", "partner"} - coincidence
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


MEASURES = (
    "agreement_strict",
    "agreement_half",
    "agreement_half_contested",
    "s_score",
    "kappa_absolute",
    "kappa_squared",
    "pi_absolute",
    "pi_squared",
    "alignment_index",
    "tau_b",
    "opposition_share",
    "voting_coincidence",
    "voting_coincidence_yes_no",
)
# A pair that agrees often, one that is as often opposed, and two states that both hardly abstain.
SHARES = {
    "friends": [0.62, 0.06, 0.02, 0.05, 0.08, 0.01, 0.02, 0.02, 0.12],
    "opponents": [0.20, 0.10, 0.35, 0.05, 0.05, 0.05, 0.05, 0.05, 0.10],
    "decided": [0.70, 0.02, 0.06, 0.02, 0.01, 0.01, 0.06, 0.01, 0.11],
}
# Of the roll calls on which both said yes, the share on which everybody did; of all, those that the
# second state missed.
ALL_ALIKE, MISSED = 0.3, 0.1


def drawn(shares: list[float], roll_calls: int, tables: int, seed: int = 20261125):
    """Tables of independent roll calls, with how many were unanimous, and how many missed."""
    draws = np.random.default_rng(seed)
    counts = draws.multinomial(roll_calls, [*np.multiply(shares, 1 - MISSED), MISSED], size=tables)
    return counts[:, :9], draws.binomial(counts[:, 0], ALL_ALIKE), counts[:, 9]


@pytest.mark.parametrize("pair", SHARES)
def test_intervals_of_two_standard_errors_cover_the_truth_as_often_as_they_say(measures_sql, pair):
    cells, unanimous, missed = drawn(SHARES[pair], roll_calls=400, tables=3000)
    zeros = np.zeros(len(cells), int)
    seen = measured_all(measures_sql, cells, unanimous, zeros, missed).filter(state="AAA")
    # The truth: so many roll calls that chance has no part in it.
    truth_cells = (
        np.round(np.multiply(SHARES[pair], (1 - MISSED) * 10**8)).astype(int).reshape(1, 9)
    )
    many, away = np.array([round(truth_cells[0, 0] * ALL_ALIKE)]), np.array([round(MISSED * 10**8)])
    truth = measured_all(measures_sql, truth_cells, many, np.zeros(1, int), away)
    (truth,) = truth.filter(state="AAA").to_dicts()
    for name in MEASURES:
        off = (seen[name] - truth[name]) / seen[f"{name}_se"]
        covered = float((off.abs() <= 1.96).mean())
        assert 0.93 <= covered <= 0.97, (name, covered)


@pytest.mark.parametrize("pair", SHARES)
def test_standard_errors_of_kappa_equal_those_of_another_library(measures_sql, pair):
    cells = drawn(SHARES[pair], roll_calls=300, tables=1)[0].reshape(3, 3)
    row = measured(measures_sql, cells)[0]
    for name, weights in (("absolute", "linear"), ("squared", "quadratic")):
        theirs = cohens_kappa(cells, wt=weights).std_kappa
        assert row[f"kappa_{name}_se"] == pytest.approx(theirs, rel=1e-9), name


def test_where_all_roll_calls_are_alike_nothing_is_in_doubt_but_what_cannot_be_told(measures_sql):
    row = measured(measures_sql, np.array([[9, 0, 0], [0, 0, 0], [0, 0, 0]]))[0]
    assert row["agreement_half_se"] == row["opposition_share_se"] == 0
    assert row["kappa_absolute_se"] is None
    assert row["alignment_index"] == row["alignment_index_se"] == 0
    assert row["tau_b"] is row["tau_b_se"] is None

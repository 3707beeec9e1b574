"""The sampler of ideal points on votes made up here, by plain definitions.

Belongs here: the normal distribution, the sampler, what its draws come to. Not here: which roll
calls enter (the unit tests of dbt), or publication (integration/test_estimate.py).
"""

from dataclasses import replace
from datetime import date

import numba
import numpy as np
import polars as pl
import pytest
import yaml
from scipy.stats import norm

from ideal_points.estimates import METHOD, NotConvergedError, Settings, estimate
from ideal_points.normal import cdf, log_interval, normal, quantile, stream, truncated, uniform
from ideal_points.sampler import ABSTAIN, NO, YES, Chain, Votes
from ideal_points.votes import Series
from orchestration.layout import DBT_PROJECT

QUICK = Settings(sweeps=300, burn_in=200, seed=7, least_acceptable=0.5)


def simulated(states: int, sessions: int, items: int, seed: int) -> tuple[Votes, np.ndarray]:
    """Votes drawn from the model, and the ideal points that they are of, with mean 0 and sd 1."""
    rng = np.random.default_rng(seed)
    theta = np.empty((states, sessions))
    theta[:, 0] = rng.normal(size=states)
    for session in range(1, sessions):
        theta[:, session] = theta[:, session - 1] + rng.normal(scale=0.5, size=states)
    theta = (theta - theta.mean()) / theta.std()
    beta = rng.normal(size=(sessions, items))
    cutpoints = np.sort(rng.normal(scale=0.8, size=(sessions, items, 2)), axis=2)
    state, session, item = np.meshgrid(range(states), range(sessions), range(items), indexing="ij")
    latent = beta[session, item] * theta[state, session] + rng.normal(size=state.shape)
    vote = (latent > cutpoints[session, item, 0]).astype(int)
    vote += latent > cutpoints[session, item, 1]
    return Votes(
        state=np.repeat(np.arange(states), sessions),
        unit=(state * sessions + session).ravel(),
        item=(session * items + item).ravel(),
        vote=vote.ravel(),
        items=sessions * items,
    ), theta.ravel()


def series(votes: Votes, right: int = 0, left: int = 1) -> Series:
    """A series of these votes in which one state votes as the USA and one as the Soviet Union."""
    names = {right: "USA", left: "RUS"}
    units = pl.DataFrame(
        {
            "unit": range(len(votes.state)),
            "state": [names.get(state, f"S{state:02}") for state in votes.state],
            "session": np.arange(len(votes.state)) % sessions(votes),
            "votes": np.bincount(votes.unit, minlength=len(votes.state)),
        }
    )
    roll_calls = pl.DataFrame(
        {
            "roll_call_id": [f"r{item}" for item in range(votes.items)],
            "item": [f"r{item}" for item in range(votes.items)],
            "number": range(votes.items),
        }
    )
    return Series("all_votes", "key", date(2000, 1, 1), units, roll_calls, votes)


def sessions(votes: Votes) -> int:
    """In how many sessions each state is, all being in the same ones."""
    return len(votes.state) // (int(votes.state[-1]) + 1)


def ends(theta: np.ndarray, votes: Votes) -> tuple[int, int]:
    """The states furthest right and left, over all sessions."""
    mean = np.bincount(votes.state, theta) / np.bincount(votes.state)
    return int(mean.argmax()), int(mean.argmin())


@pytest.mark.parametrize("x", [-8.2, -3.0, -0.5, 0.0, 0.7, 2.0, 6.1])
def test_the_normal_distribution_is_scipys(x):
    assert cdf(x) == pytest.approx(norm.cdf(x), rel=1e-12)
    assert quantile(cdf(x)) == pytest.approx(x, abs=1e-6)
    assert quantile(1e-12) == pytest.approx(norm.ppf(1e-12), rel=1e-13)


def test_the_likelihood_of_each_vote_is_scipys():
    theta, beta, low, high = 0.8, -1.3, -0.4, 0.9
    mean = beta * theta
    for vote, (a, b) in {
        YES: (-np.inf, low),
        ABSTAIN: (low, high),
        NO: (high, np.inf),
    }.items():
        expected = np.log(norm.cdf(b - mean) - norm.cdf(a - mean))
        assert log_interval(mean, a, b) == pytest.approx(expected), vote
    assert log_interval(0.0, 30.0, 31.0) == pytest.approx(norm.logsf(30.0))


def test_draws_are_of_the_distribution_that_they_are_asked_from():
    state = stream(1946, 3, 5)
    drawn = np.array([normal(state) for _ in range(20_000)])
    assert abs(drawn.mean()) < 0.03
    assert drawn.std() == pytest.approx(1, abs=0.02)
    assert min(uniform(state) for _ in range(1000)) > 0
    tail = np.array([truncated(state, 0.0, 3.0, 9.0) for _ in range(5000)])
    assert tail.min() >= 3
    assert tail.mean() == pytest.approx(norm.pdf(3) / norm.sf(3), abs=0.02)


def test_ideal_points_are_found_again_from_votes_of_the_model():
    votes, theta = simulated(states=40, sessions=5, items=40, seed=1)
    found = estimate(series(votes, *ends(theta, votes)), QUICK).ideal_points
    assert np.corrcoef(found["estimate"], theta)[0, 1] > 0.97


def test_intervals_hold_the_true_ideal_points_as_often_as_they_say():
    inside = []
    for seed in range(4):
        votes, theta = simulated(states=40, sessions=5, items=40, seed=seed)
        found = estimate(series(votes, *ends(theta, votes)), QUICK).ideal_points
        low, high = found["q05"].to_numpy(), found["q95"].to_numpy()
        inside.append((low <= theta) & (theta <= high))
    assert np.mean(inside) == pytest.approx(0.9, abs=0.04)


def test_the_same_seed_gives_the_same_draws_with_any_number_of_threads():
    votes, _ = simulated(states=12, sessions=3, items=10, seed=2)
    start = np.full(len(votes.state), np.nan)
    ended = []
    for threads, seed in [(1, 5), (numba.config.NUMBA_NUM_THREADS, 5), (1, 6)]:
        numba.set_num_threads(threads)
        chain = Chain(votes, start, seed)
        for _ in range(20):
            chain.sweep()
        ended.append(chain.theta)
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert (ended[0] == ended[1]).all()
    assert not (ended[0] == ended[2]).any()


def test_another_method_has_another_number():
    """Published estimates are taken over as long as METHOD is theirs: raise it with these."""
    votes, _ = simulated(states=12, sessions=3, items=10, seed=2)
    chain = Chain(votes, np.where(votes.state == 0, 3.0, np.nan), 5)
    for _ in range(20):
        chain.sweep()
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    assert METHOD == project["vars"]["ideal_point_method"] == 1
    assert chain.theta[:3] == pytest.approx(
        [0.32722131507793095, -0.05168248316370123, -0.59212825], abs=1e-6
    )


def test_a_scale_that_ends_with_its_signs_turned_is_refused():
    votes, theta = simulated(states=20, sessions=3, items=30, seed=3)
    right, left = ends(theta, votes)
    chain = Chain(votes, np.where(votes.state == right, 3.0, np.nan), 1)
    for _ in range(50):
        chain.sweep()
    assert not chain.turned
    chain.theta = -chain.theta
    assert chain.turned


def test_chains_that_differ_are_refused():
    votes, _ = simulated(states=20, sessions=3, items=30, seed=3)
    with pytest.raises(NotConvergedError, match=r"all_votes: only \d+ ?% of the ideal points"):
        estimate(series(votes), Settings(sweeps=20, burn_in=0))


def test_a_state_with_one_vote_and_a_session_of_one_roll_call_have_wide_intervals():
    votes, theta = simulated(states=30, sessions=3, items=30, seed=4)
    once = (votes.unit != 3 * 3 + 1) | (votes.item == 30)  # state 3 in the second session
    one = (votes.item < 60) | (votes.item == 60)  # the third session
    keep = once & one
    few = Votes(votes.state, votes.unit[keep], votes.item[keep], votes.vote[keep], 61)
    found = estimate(series(few, *ends(theta, votes)), QUICK).ideal_points
    assert found["votes"].to_list()[10] == 1
    sd = found["sd"].to_numpy()
    assert sd[10] > 1.3 * np.median(sd[(np.arange(90) % 3 == 1) & (votes.state != 3)])
    assert np.isfinite(sd).all()


def test_what_is_written_adds_up():
    votes, theta = simulated(states=20, sessions=3, items=30, seed=5)
    found = estimate(series(votes, *ends(theta, votes)), QUICK)
    ((run,),) = [found.ideal_points_run.rows(named=True)]
    assert run["votes"] == len(votes.vote) == found.ideal_points["votes"].sum()
    assert run["items"] == found.roll_call_parameters["item"].n_unique() == 90
    kept = found.ideal_point_draws["draws"].list.mean().to_numpy() / 1000
    assert np.abs(kept - found.ideal_points["estimate"].to_numpy()).max() < 0.1
    cutpoints = found.roll_call_parameters
    assert (cutpoints["yes_below"] <= cutpoints["no_above"]).all()


def test_no_votes_are_refused():
    none = np.array([], np.int64)
    with pytest.raises(ValueError, match="no votes"):
        Votes(none, none, none, none, 0)


def test_units_out_of_order_are_refused():
    votes, _ = simulated(states=3, sessions=2, items=2, seed=6)
    with pytest.raises(ValueError, match="in order of state"):
        replace(votes, state=votes.state[::-1])

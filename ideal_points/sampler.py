"""The sampler of ideal points: a dynamic ordered probit of one dimension, by Gibbs sampling.

Bailey, Strezhnev and Voeten (2017), Estimating Dynamic State Preferences from United Nations
Voting Data, Journal of Conflict Resolution 61(2): 430-456. Belongs here: arrays in, draws out. Not
here: which votes count and which items are one (votes.py), or what the draws come to
(estimates.py).
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numba import njit, prange

from ideal_points.normal import (
    TINY,
    cdf,
    log_interval,
    normal,
    quantile,
    stream,
    truncated,
    uniform,
)

# A vote is the third that the latent position falls in: below both cutpoints, between, or above.
YES, ABSTAIN, NO = 0, 1, 2

PROPOSAL_SD = 0.2 / 3  # of a cutpoint
CUTPOINT_LIMIT = 7.0
LATENT_LIMIT = 9.0
IDEAL_POINT_LIMIT = 5.0
PRIOR_VARIANCE = 0.5  # of an ideal point about the session before, where votes are as many


@dataclass(frozen=True)
class Votes:
    """Votes as arrays. A unit is a state in a session, an item what was voted on.

    Units are in order of state, then session; `state` has the number of each unit's state, from 0.
    Votes have `unit`, `item` and `vote` (YES, ABSTAIN or NO), each of the same length.
    """

    state: np.ndarray
    unit: np.ndarray
    item: np.ndarray
    vote: np.ndarray
    items: int

    def __post_init__(self) -> None:
        if len(self.vote) == 0:
            raise ValueError("There are no votes to estimate ideal points from.")
        if np.any(np.diff(self.state) < 0):
            raise ValueError("Units must be in order of state: `state` must not fall.")


@njit(cache=True)
def _proposal(state: np.ndarray, centre: float, low: float, high: float) -> float:
    scaled = truncated(state, 0.0, (low - centre) / PROPOSAL_SD, (high - centre) / PROPOSAL_SD)
    return centre + PROPOSAL_SD * scaled


@njit(cache=True)
def _log_mass(centre: float, low: float, high: float) -> float:
    """The log of the part of a proposal's normal that its truncation leaves."""
    return log_interval(centre / PROPOSAL_SD, low / PROPOSAL_SD, high / PROPOSAL_SD)


@njit(cache=True)
def _interval(vote: int, mean: float, low: float, high: float) -> tuple[float, float]:
    """Where a vote puts its latent position, as probabilities of N(mean, 1): (below it, in it).

    Counted from the end of the line that is nearer, where the distribution function keeps its
    digits: for a no, and an abstention whose cutpoints are above the mean, from the upper one.
    """
    if vote == YES:
        return 0.0, max(cdf(low - mean), TINY)
    if vote == NO:
        return 0.0, max(cdf(mean - high), TINY)
    if low > mean:
        outside = cdf(mean - high)
        return outside, max(cdf(mean - low) - outside, TINY)
    outside = cdf(low - mean)
    return outside, max(cdf(high - mean) - outside, TINY)


@njit(cache=True, parallel=True)
def _draw_items(
    seed: int,
    sweep: int,
    starts: np.ndarray,
    units: np.ndarray,
    votes: np.ndarray,
    theta: np.ndarray,
    beta: np.ndarray,
    cutpoints: np.ndarray,
    latent: np.ndarray,
) -> None:
    """Cutpoints, latent positions and discrimination of every item, given the ideal points.

    The cutpoints by Metropolis-Hastings with the latent positions integrated out and proposals that
    the other cutpoint truncates (Cowles 1996, Statistics and Computing 6: 101-111).
    """
    for item in prange(len(starts) - 1):
        state = stream(seed, 2 * sweep, item)
        first, count = starts[item], starts[item + 1] - starts[item]
        low, high = cutpoints[item, 0], cutpoints[item, 1]
        new_low = _proposal(state, low, -CUTPOINT_LIMIT, high)
        new_high = _proposal(state, high, new_low, CUTPOINT_LIMIT)
        log_ratio = (
            _log_mass(low, -CUTPOINT_LIMIT, high)
            + _log_mass(high, new_low, CUTPOINT_LIMIT)
            - _log_mass(new_low, -CUTPOINT_LIMIT, new_high)
            - _log_mass(new_high, low, CUTPOINT_LIMIT)
        )
        old = np.empty((count, 2))
        new = np.empty((count, 2))
        ratio = 1.0
        for k in range(count):
            mean = beta[item] * theta[units[first + k]]
            old[k, 0], old[k, 1] = _interval(votes[first + k], mean, low, high)
            new[k, 0], new[k, 1] = _interval(votes[first + k], mean, new_low, new_high)
            ratio *= new[k, 1] / old[k, 1]
            if not 1e-200 < ratio < 1e200:
                log_ratio += log(ratio)
                ratio = 1.0
        if log(uniform(state)) < log_ratio + log(ratio):
            low, high, old = new_low, new_high, new
            cutpoints[item, 0], cutpoints[item, 1] = low, high
        precision, product = 1.0, 0.0  # of the prior of discrimination, N(0, 1)
        for k in range(count):
            point = theta[units[first + k]]
            mean, vote = beta[item] * point, votes[first + k]
            off = quantile(old[k, 0] + uniform(state) * old[k, 1])
            if vote == NO or (vote == ABSTAIN and low > mean):
                off = -off
            drawn = min(max(mean + off, -LATENT_LIMIT), LATENT_LIMIT)
            latent[first + k] = drawn
            precision += point * point
            product += point * drawn
        beta[item] = product / precision + normal(state) / sqrt(precision)


@njit(cache=True, parallel=True)
def _draw_states(
    seed: int,
    sweep: int,
    first_units: np.ndarray,
    starts: np.ndarray,
    items: np.ndarray,
    places: np.ndarray,
    latent: np.ndarray,
    beta: np.ndarray,
    theta: np.ndarray,
    means: np.ndarray,
) -> None:
    """The ideal points of every state, session by session, given the items."""
    for of_state in prange(len(first_units) - 1):
        first, last = first_units[of_state], first_units[of_state + 1]
        for unit in range(first, last):
            state = stream(seed, 2 * sweep + 1, unit)
            precision = product = 0.0
            for k in range(starts[unit], starts[unit + 1]):
                precision += beta[items[k]] * beta[items[k]]
                product += beta[items[k]] * latent[places[k]]
            # A state's first session borrows its second; one session alone has a prior about 0.
            before = unit - 1 if unit > first else unit + 1
            about, variance = 0.0, 1.0
            if before < last:
                here = starts[unit + 1] - starts[unit]
                there = starts[before + 1] - starts[before]
                about = means[before]
                variance = PRIOR_VARIANCE * here / (here + there)
            precision += 1.0 / variance
            means[unit] = (product + about / variance) / precision
            draw = means[unit] + normal(state) / sqrt(precision)
            theta[unit] = min(max(draw, -IDEAL_POINT_LIMIT), IDEAL_POINT_LIMIT)


class Chain:
    """One chain: each `sweep` draws all cutpoints, discriminations and ideal points once.

    `start` has a start value a unit, or NaN where it is drawn. The same arguments give the same
    draws, however many threads there are.

    The scale is set after each sweep: mean 0 and standard deviation 1 over all units. The sign is
    that of the start values, which `turned` tells.
    """

    def __init__(self, votes: Votes, start: np.ndarray, seed: int) -> None:
        items = np.asarray(votes.item, np.int64)
        by_item = np.argsort(items, kind="stable")
        self._votes = np.asarray(votes.vote, np.int8)[by_item]
        self._units = np.asarray(votes.unit, np.int32)[by_item]
        self._item_starts = _starts(items[by_item], votes.items)
        self._by_unit = np.argsort(self._units, kind="stable").astype(np.int32)
        self._items = items[by_item][self._by_unit].astype(np.int32)
        self._unit_starts = _starts(self._units[self._by_unit], len(votes.state))
        self._first_units = _starts(votes.state, int(votes.state[-1]) + 1)
        self._latent = np.zeros(len(items))
        self._anchor = start
        self.seed, self.sweeps = seed, 0
        drawn = np.random.default_rng(seed).normal(size=len(start))
        self.theta = np.where(np.isnan(start), drawn, start)
        self.means = self.theta.copy()
        self.discrimination = np.zeros(votes.items)
        self.cutpoints = _start_cutpoints(votes)

    def sweep(self) -> None:
        """Draw everything once, then set the scale."""
        _draw_items(
            self.seed,
            self.sweeps,
            self._item_starts,
            self._units,
            self._votes,
            self.theta,
            self.discrimination,
            self.cutpoints,
            self._latent,
        )
        _draw_states(
            self.seed,
            self.sweeps,
            self._first_units,
            self._unit_starts,
            self._items,
            self._by_unit,
            self._latent,
            self.discrimination,
            self.theta,
            self.means,
        )
        centre, spread = self.theta.mean(), self.theta.std()
        for points in (self.theta, self.means):
            points -= centre
            points /= spread
        self.sweeps += 1

    @property
    def turned(self) -> bool:
        """Whether the signs have turned from those of the start values (label switching)."""
        anchored = ~np.isnan(self._anchor)
        return bool(np.dot(self.theta[anchored], self._anchor[anchored]) < 0)


def _starts(sorted_keys: np.ndarray, count: int) -> np.ndarray:
    """Where the rows of each key begin, and where the last one's end."""
    return np.searchsorted(sorted_keys, np.arange(count + 1))


def _start_cutpoints(votes: Votes) -> np.ndarray:
    """Where the shares of the votes put the cutpoints if all ideal points were 0."""
    from scipy.special import ndtri

    counts = np.full((votes.items, 3), 0.5)
    np.add.at(counts, (votes.item, votes.vote), 1)
    shares = counts.cumsum(axis=1) / counts.sum(axis=1, keepdims=True)
    return ndtri(shares[:, :2])

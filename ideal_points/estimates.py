"""Estimates of one series: chains run side by side, and what their draws come to.

Belongs here: settings, chains in step, convergence, the rows of the tables. Not here: a sweep
(sampler.py), which votes enter (votes.py), or where the tables are kept (orchestration/).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl

from ideal_points.sampler import Chain
from ideal_points.votes import MAIN_SERIES, START_VALUES, Series

# Raise it with every change that gives other figures for the same votes and settings.
METHOD = 1

# Up to this R-hat an ideal point counts as converged.
CONVERGED = 1.05
# Up to this one the chains are close enough to be published, marked as not converged.
ACCEPTABLE = 1.1
# Draws a chain that are kept for quantiles, and draws in all that are published.
KEPT_DRAWS = 1500
PUBLISHED_DRAWS = 200

# Progress: sweeps done, sweeps in all, largest R-hat so far (NaN until there is one).
Progress = Callable[[int, int, float], None]


@dataclass(frozen=True)
class Settings:
    """How long to sample: chains, sweeps of each after its burn-in, and the first chain's seed.

    Estimates of which less than the share `least_acceptable` have an R-hat up to 1.1 are refused.
    """

    chains: int = 2
    sweeps: int = 1500
    burn_in: int = 500
    seed: int = 1946
    least_acceptable: float = 0.9


USUAL = Settings()
# A chain forgets slowly where it placed the first sessions at its start: docs/method.md.
LONG = Settings(chains=4, sweeps=5000, burn_in=5000)
SHORT = Settings(sweeps=200, burn_in=100, least_acceptable=0.5)


class NotConvergedError(Exception):
    """Chains that have not come to the same figures: nothing of them may be published."""


@dataclass(frozen=True)
class Estimates:
    """The rows of one series for each table; the columns are those of the raw tables."""

    ideal_points: pl.DataFrame
    ideal_point_draws: pl.DataFrame
    roll_call_parameters: pl.DataFrame
    ideal_points_run: pl.DataFrame


class _Moments:
    """Mean and standard deviation of the items' parameters, summed up as they are drawn."""

    def __init__(self) -> None:
        self._n = 0
        self._sum = self._squares = np.zeros(1)

    def add(self, chain: Chain) -> None:
        drawn = np.column_stack([chain.discrimination, chain.cutpoints])
        self._n += 1
        self._sum = self._sum + drawn
        self._squares = self._squares + drawn**2

    def mean_and_sd(self) -> tuple[np.ndarray, np.ndarray]:
        mean = self._sum / self._n
        return mean, np.sqrt(np.maximum(self._squares / self._n - mean**2, 0))


def estimate(
    series: Series, settings: Settings = USUAL, progress: Progress = lambda *_: None
) -> Estimates:
    """Sample the ideal points of a series and sum the draws up.

    `progress` is told after every sweep of all chains. Raises NotConvergedError if a chain ends
    with the signs turned, or too few ideal points have converged.
    """
    began = time.monotonic()
    start = series.start()
    chains = [Chain(series.votes, start, settings.seed + k) for k in range(settings.chains)]
    total = settings.burn_in + settings.sweeps
    thin = -(-settings.sweeps // KEPT_DRAWS)
    every = max(50, total // 20)
    kept: list[list[np.ndarray]] = [[] for _ in chains]
    items, largest = _Moments(), np.nan
    for sweep in range(total):
        for chain, draws in zip(chains, kept, strict=True):
            chain.sweep()
            if sweep >= settings.burn_in and (sweep - settings.burn_in) % thin == 0:
                draws.append(chain.theta.astype(np.float32))
                items.add(chain)
        if len(kept[0]) >= 20 and sweep % every == 0:
            largest = _rhat_so_far(kept)
        progress(sweep + 1, total, largest)
    theta = np.array(kept)
    turned = [str(chain.seed) for chain in chains if chain.turned]
    if turned:
        raise NotConvergedError(
            f"{series.name}: the chains of seeds {', '.join(turned)} ended with the signs turned: "
            "the USA stands left of the Soviet Union. Another --seed may help."
        )
    rhat, ess = _rhat(theta), _ess(theta)
    acceptable = float((rhat <= ACCEPTABLE).mean())
    if acceptable < settings.least_acceptable:
        raise NotConvergedError(
            f"{series.name}: only {acceptable:.0%} of the ideal points have an R-hat of at most "
            f"{ACCEPTABLE} after {total:,} sweeps of {settings.chains} chains; "
            f"{settings.least_acceptable:.0%} are asked for. More sweeps may do: --sweeps, --long."
        )
    return Estimates(
        _points(series, theta, rhat, ess),
        _draws(series, theta),
        _roll_calls(series, *items.mean_and_sd()),
        pl.DataFrame(
            {
                "series": series.name,
                "estimated_at": datetime.now(UTC).replace(microsecond=0, tzinfo=None),
                "data_through": series.data_through,
                "votes_key": series.key,
                "method": METHOD,
                "roll_calls": len(series.roll_calls),
                "items": series.votes.items,
                "votes": len(series.votes.vote),
                "states": series.units["state"].n_unique(),
                "chains": settings.chains,
                "sweeps": settings.sweeps,
                "burn_in": settings.burn_in,
                "seed": settings.seed,
                "start_values": ", ".join(f"{state} {at:+g}" for state, at in START_VALUES.items()),
                "seconds": time.monotonic() - began,
                "largest_rhat": float(rhat.max()),
                "converged": float((rhat <= CONVERGED).mean()),
            }
        ),
    )


def _by_unit(function: Callable[..., np.ndarray], theta: np.ndarray) -> np.ndarray:
    """A diagnostic of each unit, some at a time: it makes several copies of what it is given."""
    blocks = np.array_split(theta, max(1, theta.shape[2] // 500), axis=2)
    return np.concatenate([function(block, chain_axis=0, draw_axis=1) for block in blocks])


def _rhat_so_far(kept: list[list[np.ndarray]]) -> float:
    """The largest R-hat of some draws, by the plain formula: near enough while the chains run."""
    from arviz_stats.base import array_stats

    some = np.array([draws[:: len(draws) // 20] for draws in kept])
    return float(array_stats.rhat(some, chain_axis=0, draw_axis=1, method="split").max())


def _rhat(theta: np.ndarray) -> np.ndarray:
    from arviz_stats.base import array_stats

    return _by_unit(array_stats.rhat, theta)


def _ess(theta: np.ndarray) -> np.ndarray:
    from arviz_stats.base import array_stats

    return _by_unit(array_stats.ess, theta)


def _points(series: Series, theta: np.ndarray, rhat: np.ndarray, ess: np.ndarray) -> pl.DataFrame:
    draws = theta.reshape(-1, theta.shape[2])
    low, lower, median, higher, high = np.quantile(draws, [0.05, 0.1, 0.5, 0.9, 0.95], axis=0)
    return series.units.select(
        pl.lit(series.name).alias("series"),
        "session",
        "state",
        estimate=pl.Series(draws.mean(axis=0)),
        sd=pl.Series(draws.std(axis=0)),
        q05=pl.Series(low),
        q10=pl.Series(lower),
        q50=pl.Series(median),
        q90=pl.Series(higher),
        q95=pl.Series(high),
        votes="votes",
        rhat=pl.Series(rhat),
        ess=pl.Series(ess),
    )


def _draws(series: Series, theta: np.ndarray) -> pl.DataFrame:
    """Draws at equal distance over all chains; none but of the main series, for the file's size."""
    units = series.units.select(pl.lit(series.name).alias("series"), "session", "state")
    if series.name not in MAIN_SERIES:
        return units.clear().with_columns(draws=pl.lit(None, pl.List(pl.Int16)))
    draws = theta.reshape(-1, theta.shape[2])
    places = np.linspace(0, len(draws) - 1, min(PUBLISHED_DRAWS, len(draws))).round().astype(int)
    thousandths = (1000 * draws[places].T).round().astype(np.int16)
    return units.with_columns(draws=pl.Series(thousandths.tolist(), dtype=pl.List(pl.Int16)))


def _roll_calls(series: Series, mean: np.ndarray, sd: np.ndarray) -> pl.DataFrame:
    number = series.roll_calls["number"].to_numpy()
    columns = ("discrimination", "yes_below", "no_above")
    return series.roll_calls.select(
        pl.lit(series.name).alias("series"),
        "roll_call_id",
        "item",
        *(pl.Series(name, mean[number, k]) for k, name in enumerate(columns)),
        *(pl.Series(f"{name}_sd", sd[number, k]) for k, name in enumerate(columns)),
    )

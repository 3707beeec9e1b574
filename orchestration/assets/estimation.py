"""The ideal points as an asset: estimated anew from the published file, in a job of their own.

Belongs here: how long the UI lets a person ask for, progress in the run's log. Not here: the
estimator (ideal_points/), how its tables are published (published/estimates.py), or when it is due
(automation/sensors.py).
"""

import dagster as dg
from pydantic import Field

from orchestration.assets.metadata import OWNERS
from orchestration.assets.publication import DATABASE
from orchestration.published.estimates import (
    EstimationRefusedError,
    asked_series,
    estimate_and_publish,
)
from orchestration.published.query import QueryError
from orchestration.run.dead_runs import IDEAL_POINTS
from orchestration.run.failures import tag_as_second
from orchestration.run.lock import InUseError, RefreshRefusedError, holder
from orchestration.run.warehouse import Warehouse

TOLD_EVERY = 100  # sweeps


class Length(dg.Config):
    """What a person may ask for in the UI; `unga estimate` has more."""

    topics: bool = Field(default=False, description="Each topic with enough roll calls too.")
    long: bool = Field(
        default=False,
        description="Four chains of 5,000 sweeps after 5,000, not two of 1,500 after 500.",
    )
    again: bool = Field(default=False, description="Also what is current already.")


def ideal_points(warehouse: Warehouse) -> dg.AssetsDefinition:
    """The ideal points of the real votes. The run takes no lock but to replace the file."""

    @dg.asset(
        key=IDEAL_POINTS,
        deps=[DATABASE],
        group_name="publication",
        kinds={"duckdb"},
        owners=OWNERS,
        description="Ideal points of all states, sampled from the published votes; the published "
        "file is replaced by itself with the new estimates.",
    )
    def estimate(context: dg.AssetExecutionContext, config: Length) -> dg.MaterializeResult:
        # numba is slow to import, and only this step needs it.
        from ideal_points.estimates import LONG, USUAL

        def tell(series: str, done: int, total: int, rhat: float) -> None:
            if done % TOLD_EVERY == 0 or done == total:
                context.log.info(f"{series}: {done} of {total} sweeps, largest R-hat {rhat:.2f}")

        layout = warehouse.layout
        # A run of other assets too has taken the lock for them.
        locked = holder(layout) == f"run {context.run.run_id}"
        try:
            wanted = asked_series(layout.published(False), (), config.topics, config.again)
            found = estimate_and_publish(
                layout, False, wanted, LONG if config.long else USUAL, tell, locked
            )
        except (EstimationRefusedError, RefreshRefusedError, QueryError) as refused:
            if isinstance(refused, InUseError):
                tag_as_second(context.instance, context.run.run_id)
            raise dg.Failure(str(refused), allow_retries=False) from refused
        runs = [of_series.ideal_points_run.row(0, named=True) for of_series in found]
        return dg.MaterializeResult(
            metadata={
                run["series"]: f"{run['votes']:,} votes through {run['data_through']}, "
                f"{run['converged']:.1%} converged, {run['seconds']:.0f} s"
                for run in runs
            }
            or {"series": "all current"}
        )

    return estimate

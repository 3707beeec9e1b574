"""The pairs by any topic and period as an asset, counted from the exports in a job of their own.

Belongs here: what the UI lets a person ask for, progress in the run's log. Not here: counting (the
package scale_out). A refresh neither makes it nor imports what counts it.
"""

import dagster as dg
from pydantic import Field

from orchestration.assets.metadata import OWNERS
from orchestration.assets.publication import EXPORTS
from orchestration.published.public import PAIRED_SCHEMES
from orchestration.run.warehouse import Warehouse

VOTE_PAIRS = dg.AssetKey(["scale_out", "vote_pairs"])
TOLD_EVERY = 100  # groups


class WhichPairs(dg.Config):
    """What a run counts; as the options of `unga pairs`."""

    engine: str = Field(default="local", description="local, or spark.")
    master: str = Field(default="", description="Spark's master; all cores of this machine if ''.")
    period: str = Field(default="year", description="year, session, month, or window:30.")
    schemes: list[str] = Field(
        default=list(PAIRED_SCHEMES), description="Topics of these schemes; unbis is large."
    )
    replicates: int = Field(default=0, ge=0, description="Draws of each group's roll calls.")
    seed: int = Field(default=0, ge=0, description="Seed of the draws.")


@dg.asset(
    key=VOTE_PAIRS,
    deps=[EXPORTS],
    group_name="publication",
    kinds={"parquet"},
    owners=OWNERS,
    description="The votes of every pair by topic and period, counted from the exported files in "
    "this process or on Apache Spark. Made by the job scale_out, not by a refresh.",
)
def vote_pairs(
    context: dg.AssetExecutionContext, warehouse: Warehouse, config: WhichPairs
) -> dg.MaterializeResult:
    """Count the pairs of the real votes into the warehouse's folder of them."""
    # Slow to import, and only this step needs them.
    from scale_out import Engine
    from scale_out.asked import Asked
    from scale_out.counting import Resampling
    from scale_out.groups import period_named
    from scale_out.pairs import count_pairs
    from scale_out.votes import PairsError

    def tell(done: int, total: int) -> None:
        if done % TOLD_EVERY == 0 or done == total:
            context.log.info(f"{done} of {total}")

    layout = warehouse.layout
    try:
        if config.engine not in list(Engine):
            raise PairsError(f"No such engine: {config.engine}. There are {', '.join(Engine)}.")
        asked = Asked(
            str(layout.exports(False)),
            str(layout.vote_pairs(False)),
            period_named(config.period),
            tuple(config.schemes),
            Resampling(config.replicates, config.seed),
        )
        counted = count_pairs(asked, Engine(config.engine), config.master or None, tell)
    except PairsError as wrong:
        raise dg.Failure(str(wrong), allow_retries=False) from wrong
    return dg.MaterializeResult(
        metadata={
            "groups": counted.groups,
            "rows": counted.rows,
            "folder": dg.MetadataValue.path(asked.target),
        }
    )

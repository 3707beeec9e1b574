"""The explorer as an asset: the page of all votes, on the newest published file.

Belongs here: that a refresh writes it. Not here: what is on it (the package explorer).
"""

import dagster as dg

from orchestration.assets.metadata import OWNERS
from orchestration.assets.publication import DATABASE
from orchestration.run.warehouse import Warehouse


@dg.asset(
    key=["published", "explorer"],
    deps=[DATABASE],
    group_name="publication",
    kinds={"html"},
    owners=OWNERS,
    description="One page with all votes of the file, which counts in the browser and needs no "
    "server. None for the sample: `unga explore --sample` writes that.",
)
def explorer_page(warehouse: Warehouse) -> dg.MaterializeResult:
    """Write the explorer into the warehouse."""
    # Slow to import, and only this step needs it.
    from explorer.page import build_explorer

    layout = warehouse.layout
    page = build_explorer(layout.published(False), layout.explorer(False))
    return dg.MaterializeResult(
        metadata={"page": dg.MetadataValue.path(page), "bytes": page.stat().st_size}
    )

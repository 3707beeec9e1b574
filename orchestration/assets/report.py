"""The report as an asset: the study that dbt_project.yml configures, on the newest published file.

Belongs here: which reports a refresh writes. Not here: what is in one (the package reports).
"""

import dagster as dg

from orchestration.assets.metadata import OWNERS
from orchestration.assets.publication import DATABASE
from orchestration.published.study import configured_study
from orchestration.run.warehouse import Warehouse


@dg.asset(
    key=["published", "report"],
    deps=[DATABASE],
    group_name="publication",
    kinds={"html"},
    owners=OWNERS,
    description="The report on each focus state of the configured study: one page that works "
    "offline, its figures beside it, listed in an index. None for the sample: `unga report "
    "--sample` writes that.",
)
def study_report(warehouse: Warehouse) -> dg.MaterializeResult:
    """Write the report on each configured focus state into the warehouse's reports."""
    # Altair is slow to import, and only this step needs it.
    from reports.page import build_listed_report

    study, layout = configured_study(), warehouse.layout
    pages = [
        build_listed_report(
            layout.published(False),
            layout.reports(False),
            focus,
            study.powers_beside(focus),
            study.year_from,
            study.year_to,
        ).page
        for focus in study.focus
    ]
    return dg.MaterializeResult(
        metadata={page.parent.name: dg.MetadataValue.path(page) for page in pages}
    )

"""Great Expectations as blocking asset checks between the marts and publication.

Belongs here: one check per suite, and its failure message. Not here: what is expected
(expectations/), or dbt's tests (dbt.py).
"""

from collections.abc import Iterator

import dagster as dg

from expectations.runner import SUITES, run_suites
from orchestration.assets.metadata import OWNERS
from orchestration.run.check_results import CheckResult
from orchestration.run.warehouse import Warehouse

KIND = "expectations"


def _key(table: str) -> dg.AssetKey:
    return dg.AssetKey(["checks", table])


def name_of_build(warehouse: Warehouse) -> str:
    """What is checked, for the Data Docs: the files themselves have the same name."""
    layout, synthetic = warehouse.layout, warehouse.on_sample
    file = layout.published(synthetic).relative_to(layout.folder)
    copy = "a copy of " if warehouse.on_copy else ""
    return f"{copy}{file}{', SYNTHETIC' if synthetic else ''}"


# The suites have their own assets: a blocking check on a mart would also block the marts made from
# it, and so split the one dbt command into several.
@dg.multi_asset(
    name="checks",
    specs=[
        dg.AssetSpec(
            _key(table),
            deps=[["marts", table]],
            group_name="publication/checks",
            kinds={"greatexpectations"},
            owners=OWNERS,
            description=f"What expectations/ expects of marts.{table}, completeness first.",
        )
        for table in SUITES
    ],
    check_specs=[
        dg.AssetCheckSpec(
            KIND,
            asset=_key(table),
            blocking=True,
            description=f"Every expectation of {table} is met; nothing is published otherwise.",
        )
        for table in SUITES
    ],
)
def suite_checks(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Run every suite on the build file; failed checks block publication."""
    for suite in run_suites(warehouse.build_file, warehouse.data_docs, of=name_of_build(warehouse)):
        mart = f"marts.{suite.table}"
        results = [
            CheckResult(mart, failure.expectation, KIND, False, detail=failure.detail)
            for failure in suite.failures
        ] or [CheckResult(mart, f"suite of {suite.table}", KIND, suite.passed)]
        warehouse.keep(results)
        wrong = [result.line() for result in results if result.blocks]
        for line in wrong:
            context.log.error(line)
        yield dg.MaterializeResult(
            asset_key=_key(suite.table),
            metadata={
                "expectations": suite.expectations,
                "data docs": dg.MetadataValue.path(warehouse.data_docs),
            },
            check_results=[
                dg.AssetCheckResult(
                    asset_key=_key(suite.table),
                    check_name=KIND,
                    passed=suite.passed,
                    metadata={
                        "failures": dg.MetadataValue.md("\n".join(f"- {line}" for line in wrong))
                    },
                )
            ],
        )

"""Great Expectations as blocking asset checks between the marts and publication.

Belongs here: one check a suite, and what a failure says. Not here: what is expected
(expectations/), or dbt's tests (assets/dbt.py).
"""

import dagster as dg

from expectations.runner import SUITES, run_suite
from orchestration.assets.metadata import OWNERS
from orchestration.outcomes import Outcome
from orchestration.resources import Warehouse

KIND = "expectations"


def suite_check(table: str) -> dg.AssetsDefinition:
    """The suite of one mart, and the blocking check that holds publication back while it fails.

    It stands on an asset of its own: a blocking check on a mart would hold back the marts made from
    that mart as well, and so break the one dbt command into several.
    """
    key = dg.AssetKey(["checks", table])

    @dg.asset(
        key=key,
        deps=[["marts", table]],
        group_name="checks",
        kinds={"greatexpectations"},
        owners=OWNERS,
        description=f"What expectations/ expects of marts.{table}, completeness first.",
        check_specs=[
            dg.AssetCheckSpec(
                KIND,
                asset=key,
                blocking=True,
                description=f"Every expectation of {table} is met; nothing is published otherwise.",
            )
        ],
    )
    def check(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        result = run_suite(warehouse.build_file, table, warehouse.layout.data_docs)
        outcomes = [
            Outcome(f"marts.{table}", failure.expectation, KIND, False, detail=failure.detail)
            for failure in result.failures
        ] or [Outcome(f"marts.{table}", f"suite of {table}", KIND, result.passed)]
        warehouse.keep(outcomes)
        wrong = [outcome.line() for outcome in outcomes if outcome.blocks]
        for line in wrong:
            context.log.error(line)
        return dg.MaterializeResult(
            metadata={
                "expectations": result.expectations,
                "data docs": dg.MetadataValue.path(warehouse.layout.data_docs),
            },
            check_results=[
                dg.AssetCheckResult(
                    passed=result.passed,
                    metadata={
                        "failures": dg.MetadataValue.md("\n".join(f"- {it}" for it in wrong))
                    },
                )
            ],
        )

    return check


suite_checks = [suite_check(table) for table in SUITES]

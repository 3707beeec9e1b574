"""The Dagster code location.

Belongs here: which assets, checks, jobs, schedules, sensors and resources there are. Not here: what
any of them does.
"""

import dagster as dg

from orchestration.assets.checks import suite_checks
from orchestration.assets.dbt import DBT, warehouse_models
from orchestration.assets.dbt_command import Dbt
from orchestration.assets.estimation import ideal_points
from orchestration.assets.explorer import explorer_page
from orchestration.assets.landing import landing
from orchestration.assets.publication import (
    EXPORTS,
    EXPORTS_PUBLIC,
    exports,
    exports_public,
    published,
)
from orchestration.assets.raw import raw_assets, raw_estimates, raw_ledgers, sessions
from orchestration.assets.report import study_report
from orchestration.assets.scale_out import VOTE_PAIRS, vote_pairs
from orchestration.automation.alerts import alert_failed_runs, alert_state
from orchestration.automation.schedules import yearly_refresh
from orchestration.automation.sensors import (
    killed_runs,
    new_sessions,
    new_undl_file,
    votes_without_estimates,
)
from orchestration.layout import DBT_PROJECT
from orchestration.run.dagster_storage import write_without_waiting
from orchestration.run.dead_runs import ESTIMATE, IDEAL_POINTS
from orchestration.run.progress import progress_logger
from orchestration.run.warehouse import Warehouse
from orchestration.sources.schemas import RAW_TABLES


def build_defs(warehouse: Warehouse | None = None) -> dg.Definitions:
    """Everything, on one warehouse: the UI, the command line and the tests all start here."""
    write_without_waiting()
    warehouse = warehouse or Warehouse()
    models = warehouse_models()
    groups = {key: models.specs_by_key[key].group_name or "" for key in models.keys}
    marts = [key for key, group in groups.items() if group.startswith("marts/")]
    refresh = dg.define_asset_job(
        "refresh",
        selection=dg.AssetSelection.all()
        - dg.AssetSelection.assets(IDEAL_POINTS, EXPORTS_PUBLIC, VOTE_PAIRS),
        executor_def=dg.in_process_executor,
        description="Everything, from the sources to the published file. It publishes a whole "
        "build that passed every blocking check, or nothing.",
    )
    estimate = dg.define_asset_job(
        ESTIMATE,
        selection=dg.AssetSelection.assets(IDEAL_POINTS),
        executor_def=dg.in_process_executor,
        description="The ideal points, anew from the published votes: minutes, beside any reader.",
    )
    every_export = dg.define_asset_job(
        "exports",
        selection=dg.AssetSelection.assets(EXPORTS),
        executor_def=dg.in_process_executor,
        config={"ops": {EXPORTS.to_python_identifier(): {"config": {"everything": True}}}},
        description="All files for other programs, also those that a refresh does not wait for.",
    )
    public_export = dg.define_asset_job(
        "exports_public",
        selection=dg.AssetSelection.assets(EXPORTS_PUBLIC),
        executor_def=dg.in_process_executor,
        description="All files for other programs that may be passed on.",
    )
    scale_out = dg.define_asset_job(
        "scale_out",
        selection=dg.AssetSelection.assets(VOTE_PAIRS),
        executor_def=dg.in_process_executor,
        description="The pairs by any topic and period, from the exported files; on Apache Spark "
        "if it is asked to.",
    )
    jobs = [refresh, estimate, every_export, public_export, scale_out]
    return dg.Definitions(
        assets=[
            landing,
            *(raw_assets(name) for name in RAW_TABLES),
            raw_estimates,
            raw_ledgers,
            sessions,
            models,
            suite_checks,
            published(marts),
            exports,
            exports_public,
            study_report,
            explorer_page,
            ideal_points(warehouse),
            vote_pairs,
        ],
        jobs=jobs,
        schedules=[yearly_refresh(warehouse)],
        sensors=[
            new_undl_file(warehouse),
            new_sessions(warehouse),
            votes_without_estimates(warehouse),
            killed_runs(warehouse),
            alert_failed_runs(warehouse, jobs),
            alert_state(warehouse, [job.name for job in jobs]),
        ],
        resources={
            "warehouse": warehouse,
            "dbt": Dbt(
                project_dir=str(DBT_PROJECT),
                profiles_dir=str(DBT_PROJECT),
                dbt_executable=str(DBT),
                # At dbt's default level, debug, its log would be 8 MB per run.
                global_config_flags=["--log-level-file", "info"],
            ),
        },
        # One writer per DuckDB file: steps run one after another, in one process.
        executor=dg.in_process_executor,
        loggers={"console": dg.colored_console_logger, "progress": progress_logger},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What `unga ui` and `unga serve` have Dagster load."""
    return build_defs()

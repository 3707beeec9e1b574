"""The publication assets: the file that users read, the sample beside it, and the exports.

Belongs here: whether a build may be published, and what is made from it. Not here: how the files
are written (published/).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
from pydantic import Field
from sqlalchemy.exc import SQLAlchemyError

from expectations.runner import SUITES
from orchestration.assets.checks import KIND
from orchestration.assets.metadata import OWNERS
from orchestration.layout import Layout, code_version
from orchestration.published.changes import LOSS, Change, as_markdown, compare, counted, losses
from orchestration.published.citation import release_of_code
from orchestration.published.exports import BIG, FILES, ExportError, export
from orchestration.published.kept import Kept, of_file, replace_and_keep
from orchestration.published.query import NewerFileError, QueryError
from orchestration.published.retention import remove_outdated
from orchestration.published.status import LATE_AFTER, STALE_AFTER
from orchestration.published.swap import write_audit
from orchestration.run.check_results import CheckResult
from orchestration.run.lock import now
from orchestration.run.old_runs import remove_old_runs
from orchestration.run.warehouse import Warehouse
from orchestration.sources import SourceError

DATABASE = dg.AssetKey(["published", "database"])
SAMPLE = dg.AssetKey(["published", "sample"])

FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=STALE_AFTER, warn_window=LATE_AFTER)


def published(marts: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """The published file, made of all marts; a run makes either the real one or the sample."""
    deps = [*marts, *(dg.AssetKey(["checks", table]) for table in SUITES)]

    @dg.multi_asset(
        name="publish",
        specs=[
            dg.AssetSpec(
                DATABASE,
                deps=deps,
                skippable=True,
                group_name="publication",
                kinds={"duckdb"},
                owners=OWNERS,
                freshness_policy=FRESHNESS,
                description="The file that users read, replaced as a whole once every blocking "
                "check has passed.",
            ),
            dg.AssetSpec(
                SAMPLE,
                deps=deps,
                skippable=True,
                group_name="publication",
                kinds={"duckdb"},
                owners=OWNERS,
                description="The same tables of a synthetic Assembly, in a file of their own: made "
                "when it is asked for or when no source is in reach.",
            ),
        ],
    )
    def publish(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult]:
        if warehouse.on_copy:
            context.log.warning(
                "Nothing is published: only part of the refresh was requested, and was built in a "
                "copy of the published file. Materialize all assets together to publish."
            )
            return
        _refuse_unchecked(warehouse, marts)
        before, changes = _compare(context, warehouse)
        results = warehouse.check_results
        at, code = now(), code_version()
        with warehouse.connect() as connection:
            through = write_audit(
                connection,
                warehouse.run_id,
                at,
                code,
                warehouse.on_sample,
                results,
                changes,
                release_of_code(),
            )
            connection.execute("checkpoint")
        replace_and_keep(warehouse.layout, warehouse.on_sample, warehouse.build_file)
        _remove_old(context, warehouse.layout)
        target = warehouse.layout.published(warehouse.on_sample)
        page = {}
        if before:
            this = Kept(target, at, warehouse.run_id)
            page = _write_page(context, warehouse, before, this, changes)
        yield dg.MaterializeResult(
            asset_key=SAMPLE if warehouse.on_sample else DATABASE,
            metadata={
                "file": dg.MetadataValue.path(target),
                "bytes": target.stat().st_size,
                "data through": str(through),
                "checks passed": sum(result.passed for result in results),
                "warnings": sum(not result.passed for result in results),
                "code version": code,
                "synthetic": warehouse.on_sample,
                "changes": counted(changes),
                **page,
            },
        )

    return publish


def _remove_old(context: dg.AssetExecutionContext, layout: Layout) -> None:
    """Remove what is beyond retention; if that fails, the next publication tries again."""
    try:
        gone = remove_outdated(layout)
        runs = remove_old_runs(context.instance, layout)
    except (OSError, ValueError, SourceError, SQLAlchemyError) as wrong:
        context.log.warning(f"What is older than is kept could not be removed: {wrong}")
    else:
        if gone or runs:
            context.log.info(f"Removed as old: {runs} runs, {len(gone)} releases and pages")


def _compare(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> tuple[Kept | None, list[Change]]:
    """The published file that the build is to replace, and what it changes in it.

    Raises dg.Failure if a closed session loses votes, unless that is accepted. It is recorded as a
    check, so that the log of checks and `unga status` tell it too.
    """
    published, build = warehouse.layout.published(warehouse.on_sample), warehouse.build_file
    before, changes, lost = None, [], []
    if published.exists():
        try:
            before = of_file(published)
            changes, lost = compare(published, build), losses(published, build)
        except NewerFileError as newer:
            raise dg.Failure(f"Not published: {newer}", allow_retries=False) from None
        except QueryError as unreadable:
            # A damaged file must not hold up the build that replaces it.
            context.log.warning(f"The build was compared with nothing: {unreadable}")
    warehouse.keep(
        [
            CheckResult(
                "marts.fct_votes",
                "keeps closed sessions",
                "comparison",
                passed=not lost,
                severity="warn" if warehouse.accept_loss else "error",
                detail="; ".join(map(str, lost)),
            )
        ]
    )
    said = "\n".join(f"  {loss}" for loss in lost)
    if lost and not warehouse.accept_loss:
        again = "unga sample" if warehouse.on_sample else "unga refresh --force"
        raise dg.Failure(
            f"Not published: closed sessions would lose more than {LOSS:.0%} of their votes. The "
            f"published file stays.\n{said}\nSee what differs: unga diff {published} {build}\n"
            f"If these votes should go: {again} --accept-loss (in the UI, accept_loss: true in the "
            "config of the resource warehouse).",
            allow_retries=False,
        )
    if lost:
        context.log.warning(f"Accepted: closed sessions lose votes.\n{said}")
    return before, changes


def _write_page(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    before: Kept,
    this: Kept,
    changes: Sequence[Change],
) -> dict[str, dg.MetadataValue]:
    """Write what the publication changed as a page, and into the run's log; its metadata."""
    context.log.info(f"Changes since {before}: {counted(changes)}")
    folder = warehouse.layout.changes(warehouse.on_sample)
    page = folder / f"{this.published_at:%Y-%m-%d}-{this.run_id}.md"
    title = f"What {this} changed"
    text = as_markdown(title, f"Compared with the file that it replaced, of {before}.", changes)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    except OSError as wrong:
        # The new file is in place, with the same in marts.changes.
        context.log.warning(f"The page of what changed could not be written: {wrong}")
        return {}
    return {"changes, as a page": dg.MetadataValue.path(page)}


def _refuse_unchecked(warehouse: Warehouse, marts: Sequence[dg.AssetKey]) -> None:
    """Raise dg.Failure unless this run built every mart, checked it, and found nothing wrong."""
    results = warehouse.check_results
    missing = {".".join(key.path) for key in marts} - warehouse.tables()
    checked = {result.table for result in results if result.kind == KIND}
    unchecked = {f"marts.{table}" for table in SUITES} - checked
    if missing or unchecked or not any(result.kind == "dbt test" for result in results):
        raise dg.Failure(
            "Not published: only part of the refresh ran in this run. Materialize all assets "
            f"together, with their checks. Not built: {', '.join(sorted(missing)) or 'nothing'}; "
            f"not checked: {', '.join(sorted(unchecked)) or 'nothing'}.",
            allow_retries=False,
        )
    wrong = [result.line() for result in results if result.blocks]
    if wrong:
        raise dg.Failure("Not published:\n" + "\n".join(wrong), allow_retries=False)


EXPORTS = dg.AssetKey(["published", "exports"])
EXPORTS_PUBLIC = dg.AssetKey(["published", "exports_public"])


class WhichFiles(dg.Config):
    """What a run exports."""

    everything: bool = Field(
        default=False, description=f"Also {', '.join(BIG)}: minutes, during which nothing is built."
    )


@dg.asset(
    key=EXPORTS,
    deps=[DATABASE],
    group_name="publication",
    kinds={"parquet", "csv"},
    owners=OWNERS,
    description="Files for other programs, from the published file, with a data package: states, "
    "votes, roll calls, topics, groups and doubts. A refresh does not wait for "
    f"{', '.join(BIG[:-1])} and {BIG[-1]}: `unga export` and the job exports write these too.",
)
def exports(warehouse: Warehouse, config: WhichFiles) -> dg.MaterializeResult:
    """The small files in a refresh, all in the job exports; none for the sample."""
    files = [name for name in FILES if config.everything or name not in BIG]
    return _exported(warehouse, warehouse.layout.exports(False), files)


@dg.asset(
    key=EXPORTS_PUBLIC,
    deps=[DATABASE],
    group_name="publication",
    kinds={"parquet", "csv"},
    owners=OWNERS,
    description="All files for other programs without the rows of the UN Digital Library, which "
    "may not be redistributed: its roll calls are taken from the next source that has them, and "
    "what derives from them is counted anew. Made by the job exports_public, not by a refresh.",
)
def exports_public(warehouse: Warehouse) -> dg.MaterializeResult:
    """All files that may be passed on; none for the sample."""
    return _exported(warehouse, warehouse.layout.exports_public(False), public=True)


def _exported(
    warehouse: Warehouse, folder: Path, files: Sequence[str] = (), public: bool = False
) -> dg.MaterializeResult:
    try:
        written = export(warehouse.layout.published(False), folder, files, public=public)
    except ExportError as wrong:
        raise dg.Failure(str(wrong), allow_retries=False) from None
    metadata: dict[str, dg.MetadataValue | int | str] = {
        "files": len(written.files),
        "bytes": written.size,
        "folder": dg.MetadataValue.path(written.folder),
    }
    if written.left_out:
        metadata["left out"] = str(written.left_out)
    return dg.MaterializeResult(metadata=metadata)

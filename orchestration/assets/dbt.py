"""The dbt project as assets: one per model and seed, with its tests as checks.

Belongs here: the manifest, the names and groups of dbt's assets, running dbt, and the results of
its tests. Not here: any SQL of a model (dbt_project/).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from expectations.runner import load
from orchestration.assets.dbt_command import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    Dbt,
    DbtCliInvocation,
    DbtProject,
    dbt_assets,
)
from orchestration.assets.dbt_words import check_in_words
from orchestration.assets.metadata import OWNERS, table_metadata
from orchestration.layout import DATABASE, DBT_PROJECT
from orchestration.run.check_results import CheckResult
from orchestration.run.progress import SO_FAR
from orchestration.run.warehouse import Warehouse

MANIFEST = DBT_PROJECT / "target" / "manifest.json"
# What dbt parsed for a refresh; it compares it with the project file by file.
PARSED = MANIFEST.with_name("refresh.partial_parse.msgpack")
# Where the project was when it was parsed. What is parsed has absolute paths: dbt would read the
# seeds of the folder that the project was copied or moved from.
PARSED_IN = MANIFEST.with_name("parsed_in")
DBT = Path(sys.executable).with_name("dbt")
ROWS_SHOWN = 5
# Tables built and checks passed between two lines of progress.
TOLD_EVERY = 60


class Translator(DagsterDbtTranslator):
    """Asset keys by layer, [layer, name]; groups by folder; raw tables are the raw assets."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """A model's schema and name, or the raw table that a dbt source stands for."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The layer, and for a mart its folder too: marts/core, marts/cohesion.

        The UI's graph shows the layers first, few enough to fit a screen. Arguments read marts,
        and functions, which are marts, read arguments, so arguments are in the marts' box.
        """
        schema, fqn = dbt_resource_props["schema"], dbt_resource_props["fqn"]
        if schema in ("arguments", "main"):
            return f"marts/{schema}"
        return f"marts/{fqn[2]}" if schema == "marts" and len(fqn) > 3 else schema

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The project's description; Dagster would add the SQL, with its Jinja."""
        return str(dbt_resource_props["description"])

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """A test as a check in words, which does not block in Dagster.

        dbt skips what depends on a failed test, and the step fails with it. If Dagster blocked too,
        it would split the one dbt command into several.
        """
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        words = check_in_words(manifest["nodes"][unique_id])
        return spec and spec._replace(blocking=False, description=words)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The same team as everywhere."""
        return OWNERS


def manifest() -> Path:
    """The dbt manifest, parsed again if any file of the dbt project is newer, or was moved.

    Raises RuntimeError with dbt's message if the project can't be parsed.
    """
    folders = ("models", "seeds", "macros", "tests")
    files = [path for folder in folders for path in (DBT_PROJECT / folder).rglob("*.*")]
    files += [DBT_PROJECT / "dbt_project.yml", DBT_PROJECT / "profiles.yml"]
    youngest = max(path.stat().st_mtime for path in files)
    is_moved = not PARSED_IN.exists() or PARSED_IN.read_text() != str(DBT_PROJECT)
    if is_moved or not MANIFEST.exists() or MANIFEST.stat().st_mtime < youngest:
        MANIFEST.parent.mkdir(exist_ok=True)
        # Parsed aside and moved into place: another process may be reading the old one.
        with tempfile.TemporaryDirectory(dir=MANIFEST.parent) as aside:
            parsed = subprocess.run(
                [DBT, "parse", "--target-path", aside, "--log-path", aside],
                # As a refresh calls it, which reuses what is parsed here. Nothing is opened.
                env=os.environ
                | {"DBT_PROJECT_DIR": str(DBT_PROJECT), "DBT_PROFILES_DIR": str(DBT_PROJECT)}
                | {"UNGA_DATABASE": f"~/{DATABASE}"},
                cwd=DBT_PROJECT,
                capture_output=True,
                text=True,
            )
            if parsed.returncode:
                raise RuntimeError(f"dbt can't parse the project:\n{parsed.stdout}")
            (Path(aside) / "partial_parse.msgpack").replace(PARSED)
            (Path(aside) / MANIFEST.name).replace(MANIFEST)
            PARSED_IN.write_text(str(DBT_PROJECT))
    return MANIFEST


def warehouse_models() -> dg.AssetsDefinition:
    """Every seed, model and dbt test, built by one dbt command."""

    @dbt_assets(
        name="dbt_build",
        manifest=manifest(),
        dagster_dbt_translator=Translator(),
    )
    def dbt_build(
        context: dg.AssetExecutionContext, dbt: Dbt, warehouse: Warehouse
    ) -> Iterator[Any]:
        target = warehouse.run_folder / "dbt"
        # Never the output of another dbt call, which may have used other folders.
        reuse = ["--partial-parse-file-path", str(PARSED)] if PARSED.exists() else []
        with warehouse.environment():
            invocation = dbt.cli(
                ["build", "--exclude-resource-type", "unit_test"]
                + (reuse or ["--no-partial-parse"]),
                context=context,
                target_path=target,
                raise_on_error=False,
            )
        if context.selected_asset_keys and not warehouse.on_copy:
            _load_ahead(invocation, pages=not warehouse.on_sample)
        built, checked = [], 0
        for event in invocation.stream():
            if isinstance(event, dg.Output):
                # dbt has the file until it ends: rows can be counted only then.
                built.append(event)
            else:
                checked += isinstance(event, dg.AssetCheckResult)
                yield event
            if isinstance(event, dg.Output | dg.AssetCheckResult) and not (
                (len(built) + checked) % TOLD_EVERY
            ):
                context.log.info(
                    f"{SO_FAR}{len(built)} of {len(context.selected_asset_keys)} tables built, "
                    f"{checked} of {len(context.selected_asset_check_keys)} checked"
                )
        _keep(target / "partial_parse.msgpack")
        yield from _with_metadata(context, warehouse, built)
        results = failed_and_passed(warehouse.build_file, target)
        warehouse.keep(results)
        if not invocation.is_successful():
            said = [result.line() for result in results if result.blocks]
            raise dg.Failure(
                "\n".join(said) or f"dbt failed: see {target / 'dbt.log'}", allow_retries=False
            )

    return dbt_build


def _load_ahead(invocation: DbtCliInvocation, pages: bool) -> None:
    """Load what later steps need while dbt starts, which keeps only one core busy.

    Not in a thread, which would import what this one is importing. Whatever ends this run meanwhile
    ends dbt too: dagster-dbt passes an interrupt on only while it reads dbt's events.
    """
    try:
        load()
        if pages:
            # The steps that write pages report the error, be it of the import.
            with suppress(Exception):
                from reports.vega import vega

                vega()
    except BaseException:
        invocation.process.kill()
        invocation.process.wait()
        raise


def _keep(parsed: Path) -> None:
    """Keep what dbt parsed for the next run; if that fails, the next run parses again."""
    with suppress(OSError), tempfile.TemporaryDirectory(dir=PARSED.parent) as aside:
        shutil.copy(parsed, aside)
        (Path(aside) / parsed.name).replace(PARSED)


def _with_metadata(
    context: dg.AssetExecutionContext, warehouse: Warehouse, built: Iterable[dg.Output]
) -> Iterator[dg.Output]:
    with warehouse.connect(read_only=True) as connection:
        for output in built:
            schema, table = context.asset_key_for_output(output.output_name).path
            shown = table_metadata(connection, schema, table)
            yield output.with_metadata({**output.metadata, **shown})


def failed_and_passed(database: Path, target: Path) -> list[CheckResult]:
    """Results of dbt's tests, with failing rows, and what could not be built."""
    run_results = target / "run_results.json"
    if not run_results.exists():
        return []
    nodes = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    found = []
    for result in json.loads(run_results.read_text(encoding="utf-8"))["results"]:
        node = nodes[result["unique_id"]]
        failed = result["status"] in ("fail", "error", "warn")
        if node["resource_type"] == "test" and result["status"] != "skipped":
            found.append(
                CheckResult(
                    table=_tested_table(nodes, node),
                    check=node["name"],
                    kind="dbt test",
                    passed=not failed,
                    severity="warn" if result["status"] == "warn" else "error",
                    rows=result["failures"] or None,
                    detail=_failing_rows(database, target, node, result) if failed else "",
                )
            )
        elif failed:
            found.append(
                CheckResult(
                    table=f"{node['schema']}.{node['name']}",
                    check="is built",
                    kind=f"dbt {node['resource_type']}",
                    passed=False,
                    detail=result["message"],
                )
            )
    return found


def _tested_table(nodes: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    tested = nodes.get(node.get("attached_node") or "")
    if tested:
        return f"{tested['schema']}.{tested['name']}"
    return ", ".join(name.rpartition(".")[2] for name in node["depends_on"]["nodes"])


def _failing_rows(
    database: Path, target: Path, node: Mapping[str, Any], result: Mapping[str, Any]
) -> str:
    """A few of the rows that fail a test, and the path of its query."""
    query = target / "compiled" / "unga" / node["original_file_path"]
    if not query.is_file():
        query = query / node["path"]
    said = f"query {query}"
    if result["status"] == "error":
        return f"{result['message']}; {said}"
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.sql(result["compiled_code"]).limit(ROWS_SHOWN)
        shown = [
            ", ".join(f"{column}={value}" for column, value in zip(rows.columns, row, strict=True))
            for row in rows.fetchall()
        ]
    return "; ".join([*shown, said])

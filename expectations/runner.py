"""Run the suites on a build file: what passed, what failed and why, and the Data Docs.

Belongs here: reading a suite's two files, running Great Expectations, describing failures. Not
here: what is expected (suites/), or what follows from a failure (orchestration/).

Great Expectations takes seconds to import, so only the functions that run it do so; and it does not
work on DuckDB, so each suite's query reduces its table to a small frame first.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import yaml

from expectations.results import Failure, SuiteResult

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.data_context import AbstractDataContext

FOLDER = Path(__file__).parent / "suites"
SUITES: tuple[str, ...] = tuple(sorted(path.stem for path in FOLDER.glob("*.yml")))

# Folders of the Data Docs.
SECTIONS = ("expectations", "validations", "static")

# Beyond this DuckDB spills to disk.
MEMORY = "800MB"

# How many rows, and values in a row, a failure names.
NAMED = 10


def load() -> None:
    """Import Great Expectations, which takes seconds: ahead of need, while dbt starts."""
    import_module("great_expectations")


def read_suite(table: str) -> dict[str, Any]:
    """The suite of a table, in Great Expectations' own terms."""
    return yaml.safe_load((FOLDER / f"{table}.yml").read_text(encoding="utf-8"))


def read_frame(connection: duckdb.DuckDBPyConnection, table: str) -> pd.DataFrame:
    """The small frame that a table's suite checks.

    Raises duckdb.Error if the build lacks what the query reads.
    """
    return connection.sql((FOLDER / f"{table}.sql").read_text(encoding="utf-8")).pl().to_pandas()


def run_suites(
    database: Path, docs: Path, tables: Iterable[str] = SUITES, of: str = ""
) -> list[SuiteResult]:
    """Check the marts of a build file, and replace the Data Docs in `docs` with the results.

    `of` names there what was checked; the default is the file's name.
    """
    from expectations.pages import write_index

    results, validated = [], []
    at = datetime.now(UTC)
    for section in SECTIONS:
        if (docs / section).exists():
            shutil.rmtree(docs / section)
    with duckdb.connect(database, True, {"memory_limit": MEMORY}) as connection:
        context = _context(docs)
        for table in tables:
            result, identifier = _run(connection, context, table, at)
            results.append(result)
            validated += [identifier] if identifier else []
    _write_docs(context, validated)
    write_index(docs, results, of or database.name, at)
    return results


def run_suite(connection: duckdb.DuckDBPyConnection, table: str) -> SuiteResult:
    """Check one mart of an open build file, without Data Docs."""
    with tempfile.TemporaryDirectory() as docs:
        return _run(connection, _context(Path(docs)), table, datetime.now(UTC))[0]


def _run(
    connection: duckdb.DuckDBPyConnection, context: AbstractDataContext, table: str, at: datetime
) -> tuple[SuiteResult, Any]:
    """What the suite found, and the identifier of its result in the context, if it ran."""
    suite = read_suite(table)
    try:
        frame = read_frame(connection, table)
    except duckdb.Error as error:
        unread = Failure("The build holds what the suite reads", str(error))
        return SuiteResult(table, False, len(suite["expectations"]), [unread]), None
    identifier, result = _validate(context, suite, frame, at)
    return _in_words(table, result), identifier


def _context(docs: Path) -> AbstractDataContext:
    """A context without a project folder, that keeps results and Data Docs under `docs`."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    defaults = InMemoryStoreBackendDefaults()
    page = {"module_name": "expectations.pages", "class_name": "Page"}
    rules = {"class_name": "ExpectationSuitePageRenderer"}
    found = {
        "module_name": "expectations.pages",
        "class_name": "Results",
        "column_section_renderer": {
            "class_name": "ValidationResultsColumnSectionRenderer",
            "table_renderer": {"module_name": "expectations.pages", "class_name": "Found"},
        },
    }
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(docs.absolute()),
        },
        "site_section_builders": {
            section: {
                "class_name": "DefaultSiteSectionBuilder",
                "source_store_name": store,
                "renderer": renderer,
                "view": page,
            }
            for section, store, renderer in (
                ("expectations", defaults.expectations_store_name, rules),
                ("validations", defaults.validation_results_store_name, found),
            )
        },
    }
    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=defaults,
            data_docs_sites={"data_docs": site},
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False),
        ),
    )


def _validate(
    context: AbstractDataContext, suite: Mapping[str, Any], frame: pd.DataFrame, at: datetime
) -> tuple[Any, ExpectationSuiteValidationResult]:
    """Run the suite on the frame; returns the result and its identifier in the context."""
    import great_expectations as gx
    from great_expectations.core import RunIdentifier

    table = suite["name"]
    expected = context.suites.add_or_update(gx.ExpectationSuite(**suite))
    asset = context.data_sources.add_or_update_pandas("marts").add_dataframe_asset(table)
    checked = context.validation_definitions.add(
        gx.ValidationDefinition(
            name=table, data=asset.add_batch_definition_whole_dataframe("build"), suite=expected
        )
    )
    checkpoint = gx.Checkpoint(
        name=table,
        validation_definitions=[checked],
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": suite["meta"]["row_is_named_by"],
            "include_unexpected_rows": False,
        },
    )
    run = context.checkpoints.add(checkpoint).run(
        batch_parameters={"dataframe": frame}, run_id=RunIdentifier("build", at)
    )
    ((identifier, result),) = run.run_results.items()
    return identifier, result


def _write_docs(context: AbstractDataContext, validated: Sequence[Any]) -> None:
    """Write the pages of these results and of their suites."""
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
    )

    suites = [
        ExpectationSuiteIdentifier(identifier.expectation_suite_identifier.name)
        for identifier in validated
    ]
    context.build_data_docs(resource_identifiers=[*suites, *validated], build_index=False)


def _in_words(table: str, result: ExpectationSuiteValidationResult) -> SuiteResult:
    checked: list[Any] = [judged.to_json_dict() for judged in result.results]
    failures = [
        Failure(judged["expectation_config"]["description"], _detail(judged))
        for judged in checked
        if not judged["success"]
    ]
    return SuiteResult(table, not failures, len(checked), failures)


def _detail(result: Mapping[str, Any]) -> str:
    """The rows at fault, by names that users know, and what to do about them."""
    found, expected = result["result"], result["expectation_config"]
    if rows := found.get("unexpected_index_list"):
        checked = [expected["kwargs"].get(key) for key in ("column", "column_A", "column_B")]
        what = "; ".join(_row_in_words(row, checked) for row in rows[:NAMED])
        if len(rows) > NAMED:
            what += f"; and {len(rows) - NAMED} more"
    elif "observed_value" in found:
        what = f"found {found['observed_value']}"
    else:
        what = f"could not be checked: {result['exception_info']}"
    return f"{what}. {expected['meta']['advice']}"


def _row_in_words(row: Mapping[str, Any], checked: Sequence[str | None]) -> str:
    """The columns that identify the row, then the values that are not as expected."""
    values = {column: _plain(value) for column, value in row.items() if not _is_null(value)}
    named = [f"{column} {values[column]}" for column in values if column not in checked]
    wrong = [f"{column} {values[column]}" for column in values if column in checked]
    return f"{', '.join(named)}: {', '.join(wrong)}".replace("_", " ")


def _is_null(value: Any) -> bool:
    return value is None or value != value


def _plain(value: Any) -> Any:
    """A value in readable form: 3 instead of pandas' 3.0, a long list cut short."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 1)
    listed = str(value).removesuffix("T00:00:00").split(", ")
    more = len(listed) - NAMED
    return ", ".join(listed[:NAMED]) + (f" and {more} more" if more > 0 else "")

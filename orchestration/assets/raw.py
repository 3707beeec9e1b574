"""The raw assets: each source's newest landed release as tables of the build file.

Belongs here: loading the parsed Parquet into schema raw, the ledgers beside it, the estimates of
the published file, and counts by session. Not here: parsing (sources/), a table's columns
(sources/schemas.py), or any interpretation of votes (dbt_project/).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import dagster as dg
import dataframely as dy
import duckdb
import polars as pl

from orchestration.assets.metadata import OWNERS, table_metadata
from orchestration.published.estimates import take_over
from orchestration.run.warehouse import Warehouse
from orchestration.sources import (
    SOURCES,
    FileOutcome,
    LandingError,
    ParsedFiles,
    Release,
    SourceError,
    landed_releases,
    parsed_files,
    refused_release,
    tell_refused_releases,
)
from orchestration.sources.reviews import read_reviews
from orchestration.sources.schemas import (
    ESTIMATES,
    LEDGERS,
    RAW_TABLES,
    SCHEMAS,
    comments,
    ddl,
    polars_types,
)

SESSIONS = dg.DynamicPartitionsDefinition(name="sessions")
SESSIONS_KEY = dg.AssetKey(["raw", "sessions"])

# Not built by itself: the raw steps report each session they load, so that a full run shows which
# sessions there are.
sessions = dg.AssetSpec(
    SESSIONS_KEY,
    deps=[["landing", name] for name in SOURCES],
    partitions_def=SESSIONS,
    group_name="sources/raw",
    kinds={"duckdb"},
    owners=OWNERS,
    description="Sessions of the Assembly that the raw tables hold. One partition a session; each "
    "materialization counts the roll calls and votes of one source.",
)


# Roll calls and votes by session, as each source has them, before any interpretation.
ROLL_CALLS_BY_SESSION: dict[str, str] = {
    "undl": """
        select session, count(distinct coalesce(nullif(undl_id, ''), resolution)) as roll_calls,
            count(*) as votes
        from raw.undl_votes group by session""",
    "unxml": """
        select session, count(distinct symbol) filter (adoption_type = 'recorded') as roll_calls,
            sum(votes)::bigint as votes
        from raw.unxml_resolutions
        left join (
            select file, row_number, count(*) as votes from raw.unxml_votes group by all
        ) as listed using (file, row_number)
        group by session""",
    "voeten": """
        select session::varchar as session, count(distinct roll_call) as roll_calls,
            count(*) filter (vote in (1, 2, 3)) as votes
        from raw.voeten_votes inner join raw.voeten_roll_calls using (roll_call)
        group by session""",
}


def _specs(
    tables: dict[str, type[dy.Schema]], landings: list[str], what: str
) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            ["raw", table],
            deps=[["landing", name] for name in landings],
            group_name="sources/raw",
            kinds={"duckdb", "polars"},
            owners=OWNERS,
            description=f"{what}: table raw.{table}, typed and otherwise as it came.",
        )
        for table in tables
    ]


def raw_assets(name: str) -> dg.AssetsDefinition:
    """The raw tables of one source, written in one step; empty if nothing of it is landed."""
    tables = RAW_TABLES[name]

    @dg.multi_asset(name=f"raw_{name}", specs=_specs(tables, [name], SOURCES[name].source.title))
    def write_raw(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult]:
        release, parsed = _newest_readable(context, warehouse, name)
        with warehouse.connect() as connection:
            connection.execute("create schema if not exists raw")
            for table in tables:
                connection.execute(f"create or replace table raw.{table} ({ddl(table)})")
                if parsed:
                    _copy(connection, table, parsed.tables[table])
            for table in LEDGERS:
                connection.execute(f"create table if not exists raw.{table} ({ddl(table)})")
            # A copy of the published file has rows already.
            for table in ("releases", "repairs"):
                connection.execute(f"delete from raw.{table} where source = ?", [name])
            if release and parsed:
                _insert(connection, "releases", _files(name, release))
                _insert(connection, "repairs", map(asdict, parsed.corrections))
                _report_sessions(context, warehouse, connection, name)
            yield from (_materialized(connection, table, release) for table in tables)

    return write_raw


@dg.multi_asset(
    name="raw_estimates",
    specs=[
        dg.AssetSpec(
            ["raw", table],
            # The landing decides whether the run builds the sample.
            deps=[["landing", name] for name in RAW_TABLES],
            group_name="sources/raw",
            kinds={"duckdb"},
            owners=OWNERS,
            description=" ".join((schema.__doc__ or "").split()),
        )
        for table, schema in ESTIMATES.items()
    ],
)
def raw_estimates(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Take the ideal points over from the published file: a refresh estimates none itself."""
    with warehouse.connect() as connection:
        connection.execute("create schema if not exists raw")
        if wrong := take_over(connection, warehouse.layout.published(warehouse.on_sample)):
            context.log.warning(f"No ideal points are taken over from the published file: {wrong}")
        yield from (_materialized(connection, table, None) for table in ESTIMATES)


@dg.multi_asset(
    name="raw_ledgers",
    specs=[
        dg.AssetSpec(
            ["raw", table],
            deps=[["raw", raw] for tables in (*RAW_TABLES.values(), ESTIMATES) for raw in tables],
            group_name="sources/raw",
            kinds={"duckdb"},
            owners=OWNERS,
            description=words,
        )
        for table, words in {
            "releases": "The files that the build stands on. One row per file of a release.",
            "repairs": "Corrections of defects by a stated rule. One row per file and rule.",
            "reviews": "A person's own expected numbers. One row per source and session.",
        }.items()
    ],
)
def raw_ledgers(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Load the user's reviews, report what the sources recorded, describe every raw table."""
    with warehouse.connect() as connection:
        connection.execute(f"create or replace table raw.reviews ({ddl('reviews')})")
        # The sample has its own expected numbers, which nobody reviews.
        if not warehouse.on_sample:
            try:
                _insert(connection, "reviews", read_reviews(warehouse.layout.reviews))
            except ValueError as wrong:
                raise dg.Failure(str(wrong), allow_retries=False) from wrong
        for table in SCHEMAS:
            for comment in comments(table):
                connection.execute(comment)
        yield from (_materialized(connection, table, None) for table in LEDGERS)


def _newest_readable(
    context: dg.AssetExecutionContext, warehouse: Warehouse, name: str
) -> tuple[Release | None, ParsedFiles | None]:
    """The newest landed release that can be read; falling back to an older one is logged.

    Skipped releases are recorded as refused files of the source's last visit. Raises dg.Failure if
    the landing itself can't be used.
    """
    folder = warehouse.layout.landing(warehouse.on_sample)
    refused: list[FileOutcome] = []
    found: tuple[Release | None, ParsedFiles | None] = (None, None)
    try:
        for release in reversed(landed_releases(folder, name)):
            try:
                found = release, parsed_files(SOURCES[name], folder, release)
                break
            except LandingError:
                raise
            except SourceError as wrong:
                context.log.warning(f"{name} release {release.name} is refused: {wrong}")
                refused.append(refused_release(release, wrong))
        tell_refused_releases(folder, name, refused)
    except (LandingError, OSError) as unusable:
        raise dg.Failure(f"{name}: {unusable}", allow_retries=False) from unusable
    return found


def _copy(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    connection.execute(
        f"insert into raw.{table} by name select * from read_parquet(?)", [str(file)]
    )


def _insert(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Mapping[str, Any]]
) -> None:
    frame = LEDGERS[table].validate(pl.DataFrame(list(rows), schema=polars_types(table)))
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"insert into raw.{table} by name select * from incoming")
    connection.unregister("incoming")


def _files(name: str, release: Release) -> Iterator[Mapping[str, Any]]:
    source = SOURCES[name].source
    for file in release.files:
        yield {
            "source": name,
            "release": release.name,
            "release_date": release.date,
            "version": release.version,
            "file": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "url": file.url,
            "licence": source.licence,
            "citation": release.citation or source.citation,
            "landed_at": release.landed_at,
        }


def _report_sessions(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    connection: duckdb.DuckDBPyConnection,
    name: str,
) -> None:
    """Report the sessions of the real Assembly to Dagster; a new one is a new partition."""
    if warehouse.on_sample:
        return
    found = connection.sql(ROLL_CALLS_BY_SESSION[name]).fetchall()
    context.instance.add_dynamic_partitions("sessions", [session for session, *_ in found])
    for session, roll_calls, votes in found:
        context.log_event(
            dg.AssetMaterialization(
                SESSIONS_KEY,
                partition=session,
                metadata={"source": name, "roll calls": roll_calls, "votes": votes or 0},
            )
        )


def _materialized(
    connection: duckdb.DuckDBPyConnection, table: str, release: Release | None
) -> dg.MaterializeResult:
    return dg.MaterializeResult(
        asset_key=["raw", table],
        metadata=table_metadata(connection, "raw", table)
        | {"release": dg.MetadataValue.text(release.name if release else "none")},
    )

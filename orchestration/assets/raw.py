"""The raw assets: each source's newest landed release as tables of the build file.

Belongs here: writing what parsing yields into schema raw, and counting it by session. Not here:
parsing (sources/), or any reading of votes (dbt_project/).
"""

from collections.abc import Iterator

import dagster as dg
import duckdb
import polars as pl

from orchestration.assets.metadata import OWNERS, table_metadata
from orchestration.raw_tables import LEDGERS, RAW_TABLES, ROLL_CALLS_BY_SESSION
from orchestration.resources import Warehouse
from orchestration.sources import SOURCES, Parsed, Release, SourceError, landed_releases

SESSIONS = dg.DynamicPartitionsDefinition(name="sessions")
# Texts that a frame holds once for many rows are written out in Arrow, row by row.
ROWS_AT_ONCE = 250_000
SESSIONS_KEY = dg.AssetKey(["raw", "sessions"])

# Not built by itself: the raw steps report each session that they took in, so that one run over
# everything still shows which sessions are there.
sessions = dg.AssetSpec(
    SESSIONS_KEY,
    deps=[["landing", name] for name in SOURCES],
    partitions_def=SESSIONS,
    group_name="raw",
    kinds={"duckdb"},
    owners=OWNERS,
    description="Sessions of the Assembly that the raw tables hold. One partition a session; each "
    "materialization counts the roll calls and votes of one source.",
)


def _specs(tables: dict[str, str], landings: list[str], what: str) -> list[dg.AssetSpec]:
    return [
        dg.AssetSpec(
            ["raw", table],
            deps=[["landing", name] for name in landings],
            group_name="raw",
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
        release, parsed = _parse_newest(context, warehouse, name)
        with warehouse.connect() as connection:
            connection.execute("create schema if not exists raw")
            for table, columns in tables.items():
                _create(connection, table, columns)
                if parsed:
                    _insert(connection, table, parsed.tables[table])
            for table, columns in LEDGERS.items():
                _create(connection, table, columns)
            if release and parsed:
                _insert(connection, "releases", _files(name, release))
                if parsed.repairs:
                    _insert(connection, "repairs", pl.DataFrame(parsed.repairs))
                _report_sessions(context, warehouse, connection, name)
            yield from (_materialized(connection, table, release) for table in tables)

    return write_raw


@dg.multi_asset(
    name="raw_ledgers",
    specs=[
        dg.AssetSpec(
            ["raw", table],
            deps=[["raw", raw] for tables in RAW_TABLES.values() for raw in tables],
            group_name="raw",
            kinds={"duckdb"},
            owners=OWNERS,
            description=words,
        )
        for table, words in {
            "releases": "The files that the build stands on. One row per file of a release.",
            "repairs": "Defects that parsing repaired by a stated rule. One row per file and rule.",
        }.items()
    ],
)
def raw_ledgers(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Read back what every source wrote about its files and repairs."""
    with warehouse.connect(read_only=True) as connection:
        yield from (_materialized(connection, table, None) for table in LEDGERS)


def _parse_newest(
    context: dg.AssetExecutionContext, warehouse: Warehouse, name: str
) -> tuple[Release | None, Parsed | None]:
    """The newest landed release that can be read; an older one is taken loudly."""
    for release in reversed(landed_releases(warehouse.layout.landing(warehouse.on_sample), name)):
        try:
            return release, SOURCES[name].parse(release)
        except SourceError as refused:
            context.log.warning(f"{name} release {release.name} is refused: {refused}")
    return None, None


def _create(connection: duckdb.DuckDBPyConnection, table: str, columns: str) -> None:
    connection.execute(f"create table if not exists raw.{table} ({columns})")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    for some in rows.iter_slices(ROWS_AT_ONCE):
        connection.register("incoming", some.to_arrow())
        connection.execute(f"insert into raw.{table} by name select * from incoming")
        connection.unregister("incoming")


def _files(name: str, release: Release) -> pl.DataFrame:
    source = SOURCES[name].source
    return pl.DataFrame(
        {
            "source": name,
            "release": release.name,
            "release_date": release.date,
            "file": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "url": file.url,
            "licence": source.licence,
            "citation": source.citation,
            "landed_at": release.landed_at,
        }
        for file in release.files
    )


def _report_sessions(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
    connection: duckdb.DuckDBPyConnection,
    name: str,
) -> None:
    """Tell Dagster which sessions of the real Assembly are there; a new one is a new partition."""
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

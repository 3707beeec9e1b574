"""The core marts as Parquet files, with a data package that describes them.

Belongs here: writing the exports from a published file. Not here: which marts are exported
(assets/publication.py).
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

TITLE = "The recorded votes of the UN General Assembly"


def export_marts(published: Path, marts: Iterable[str], exports: Path) -> list[Path]:
    """Write marts of the published file as Parquet, with a data package that describes them.

    All files are written separately, then moved into place one by one, the data package last: it
    has each file's size and hash, so that files of two builds can't be taken for one.
    """
    beside = exports / ".unfinished"
    if beside.exists():
        shutil.rmtree(beside)  # left by a run that was killed
    beside.mkdir(parents=True)
    written = _write_exports(published, sorted(marts), beside)
    placed = [file.replace(exports / file.name) for file in written]
    beside.rmdir()
    return placed


def _write_exports(published: Path, marts: Iterable[str], folder: Path) -> list[Path]:
    files, resources = [], []
    with duckdb.connect(published, read_only=True) as connection:
        for mart in marts:
            file = folder / f"{mart}.parquet"
            connection.execute(f"copy marts.{mart} to '{file}' (format parquet, compression zstd)")
            files.append(file)
            with file.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            resources.append(
                {
                    "name": mart.replace("_", "-"),
                    "path": file.name,
                    "format": "parquet",
                    "bytes": file.stat().st_size,
                    "hash": f"sha256:{digest}",
                    "description": _comment(connection, mart),
                    "schema": {"fields": _fields(connection, mart)},
                }
            )
        sources = connection.sql(
            "select distinct source, release, licence, citation from raw.releases order by all"
        ).fetchall()
    package = {
        "name": "unga-votes",
        "title": TITLE,
        "sources": [
            {"title": citation, "version": release, "licence": licence}
            for _, release, licence, citation in sources
        ],
        "resources": resources,
    }
    description = folder / "datapackage.json"
    description.write_text(json.dumps(package, indent=2, ensure_ascii=False), encoding="utf-8")
    return [*files, description]


def _comment(connection: duckdb.DuckDBPyConnection, mart: str) -> str:
    found = connection.execute(
        "select comment from duckdb_tables() where schema_name = 'marts' and table_name = ?", [mart]
    ).fetchall()
    return found[0][0] or "" if found else ""


_KINDS = {"VARCHAR": "string", "DATE": "date", "BOOLEAN": "boolean", "TIMESTAMP": "datetime"}
_KINDS |= dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "integer")
_KINDS |= dict.fromkeys(("FLOAT", "DOUBLE"), "number")


def _fields(connection: duckdb.DuckDBPyConnection, mart: str) -> list[dict[str, str]]:
    """The columns as Frictionless fields."""
    columns = connection.execute(
        "select column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = 'marts' and table_name = ? order by column_index",
        [mart],
    ).fetchall()
    return [
        {"name": name, "type": _KINDS.get(kind, "any"), "description": words}
        for name, kind, words in columns
    ]

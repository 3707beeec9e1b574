"""The one declaration of the raw tables, and everything that must follow it."""

import duckdb
import polars as pl
import pytest
import yaml
from pages import script
from unit.sources.making import session_json, undl_csv, voeten_csv

from orchestration.sources import SOURCES, Origin, Parsed, SourceError
from orchestration.sources.parsed import write_parsed
from orchestration.sources.schemas import DUCKDB_TYPES, RAW_TABLES, SCHEMAS, ddl, polars_types

made = script("make_sources")
FILES = {
    "undl": ("2026_02_06_ga_voting.csv", undl_csv()),
    "unxml": ("77.json", session_json()),
    "voeten": ("UNVotes.csv", voeten_csv()),
}


def landed(landing, source: str):
    name, data = FILES[source]
    (landing / source).mkdir(parents=True)
    (landing / source / name).write_bytes(data)
    return SOURCES[source].land(landing, Origin(str(landing / "no mirror"))).release


def test_dbts_sources_are_up_to_date():
    assert made.PAGE.read_text(encoding="utf-8") == made.sources(), "run: docs/make_sources.py"


def test_dbts_sources_say_columns_types_and_allowed_values():
    (raw,) = yaml.safe_load(made.sources())["sources"]
    tables = {table["name"]: table for table in raw["tables"]}
    assert tables.keys() == SCHEMAS.keys()
    columns = {column["name"]: column for column in tables["voeten_votes"]["columns"]}
    assert list(columns) == [
        *("release", "file", "roll_call", "ccode", "country", "country_name", "vote", "member")
    ]
    (test,) = columns["vote"]["data_tests"]
    assert columns["vote"]["data_type"] == "tinyint"
    assert test["accepted_values"]["arguments"] == {"values": [1, 2, 3, 8, 9], "quote": False}
    assert all(column["description"] for table in raw["tables"] for column in table["columns"])


@pytest.mark.parametrize("table", SCHEMAS)
def test_the_table_in_duckdb_has_the_declared_columns(table: str):
    with duckdb.connect() as connection:
        connection.execute(f"create table made ({ddl(table)})")
        found = connection.sql(
            "select column_name, lower(data_type) from duckdb_columns() where table_name = 'made'"
        )
        assert dict(found.fetchall()) == {
            name: DUCKDB_TYPES[kind] for name, kind in polars_types(table).items()
        }


@pytest.mark.parametrize("source", RAW_TABLES)
def test_parsing_yields_the_declared_columns(landing, source: str):
    parsed = SOURCES[source].parse(landed(landing, source))
    for table, rows in parsed.tables.items():
        assert dict(rows.schema) == polars_types(table)
        SCHEMAS[table].validate(rows)


@pytest.mark.parametrize(
    "wrong",
    [
        pl.lit("MAYBE").alias("ms_vote"),
        pl.lit(None, pl.String).alias("session"),
        pl.col("total_ms").cast(pl.Int64),
    ],
)
def test_rows_that_are_not_allowed_are_never_written(landing, wrong: pl.Expr):
    release = landed(landing, "undl")
    rows = SOURCES["undl"].parse(release).tables["undl_votes"].with_columns(wrong)
    before = (release.folder / "parsed" / "parsed.json").read_bytes()
    with pytest.raises(SourceError, match="undl_votes that are not allowed there"):
        write_parsed(release, Parsed({"undl_votes": rows}), 1)
    assert (release.folder / "parsed" / "parsed.json").read_bytes() == before

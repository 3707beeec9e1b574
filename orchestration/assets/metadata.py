"""What the UI shows of a table in the build file.

Belongs here: row count and columns as Dagster metadata, and who owns an asset. Not here: metadata
that only one asset has.
"""

import dagster as dg
import duckdb

OWNERS = ["team:unga-warehouse"]


def table_metadata(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str
) -> dict[str, dg.MetadataValue]:
    """Columns with their comments, and for a table, not a view, the number of rows."""
    columns = connection.execute(
        "select column_name, data_type, comment from duckdb_columns() "
        "where schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    found: dict[str, dg.MetadataValue] = {
        "dagster/column_schema": dg.MetadataValue.table_schema(
            dg.TableSchema(
                [dg.TableColumn(name, kind, description=words) for name, kind, words in columns]
            )
        )
    }
    is_table = connection.execute(
        "select true from duckdb_tables() where schema_name = ? and table_name = ?",
        [schema, table],
    ).fetchall()
    if is_table:
        ((rows,),) = connection.sql(f"select count(*) from {schema}.{table}").fetchall()
        found["dagster/row_count"] = dg.MetadataValue.int(rows)
    return found

"""Contents of the published file: its tables, views and functions, with their comments.

Belongs here: reading names, columns and comments from the file. Not here: any description (the
YAML beside each model) or how it is shown (cli/terminal.py).
"""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import duckdb

from orchestration.published.query import QueryError, open_published

# In the order in which a user looks for them.
SCHEMAS = ("main", "marts", "seeds", "raw", "intermediate", "staging", "arguments")


@dataclass(frozen=True)
class Entry:
    """A table, view or function: `schema.name`, what it holds, and a first query."""

    name: str
    kind: str
    words: str
    example: str


@dataclass(frozen=True)
class Described:
    """An entry with its parts, each a name, type and description: columns, or arguments."""

    entry: Entry
    parts: list[tuple[str, str, str]]


def tables(file: Path) -> list[Entry]:
    """What can be queried, in the order of the file's own list.

    Raises QueryError if the file can't be read or is of a version without such a list.
    """
    with open_published(file) as connection:
        return _listed(connection)


def describe(file: Path, name: str) -> Described:
    """A table, view or function by its name, with or without its schema.

    Raises QueryError if the file has none of that name, with the nearest ones, and if it is of a
    version without a list.
    """
    with open_published(file) as connection:
        known = dict(connection.execute(_NAMES).fetchall())
        wanted = name.strip().removesuffix("()").lower()
        full = [wanted] if wanted in known else [f"{schema}.{wanted}" for schema in SCHEMAS]
        found = next((candidate for candidate in full if candidate in known), None)
        if found is None:
            bare_names = [known_name.partition(".")[2] for known_name in known]
            near = get_close_matches(wanted.rpartition(".")[2], sorted(set(bare_names)))
            hint = f" Did you mean {', '.join(near)}?" if near else ""
            raise QueryError(
                f"The file has no table or function {name!r}.{hint} `unga tables` lists them."
            )
        schema, _, bare = found.partition(".")
        kind = known[found]
        if kind == "function":
            ((comment, parameters),) = connection.execute(_FUNCTION, [schema, bare]).fetchall()
            words, *arguments = (comment or "").split("\n")
            told = dict(line.partition(": ")[::2] for line in arguments)
            parts = [(argument, "", told.get(argument, "")) for argument in parameters]
        else:
            parts = connection.execute(_COLUMNS, [schema, bare]).fetchall()
            ((words,),) = connection.execute(_COMMENT, [schema, bare] * 2).fetchall()
        examples = {entry.name: entry.example for entry in _listed(connection)}
    example = examples.get(found, f"from {found} limit 10" if kind != "function" else "")
    return Described(Entry(found, kind, words or "", example), parts)


def _listed(connection: duckdb.DuckDBPyConnection) -> list[Entry]:
    try:
        return [Entry(*row) for row in connection.execute("from main.start_here").fetchall()]
    except duckdb.CatalogException:
        raise QueryError(
            "The file was built by an older version, which kept no list: run `unga refresh`."
        ) from None


_NAMES = """
    select schema_name || '.' || table_name, 'table' from duckdb_tables() where not internal
    union all
    select schema_name || '.' || view_name, 'view' from duckdb_views() where not internal
    union all
    select distinct schema_name || '.' || function_name, 'function' from duckdb_functions()
    where not internal
"""
_FUNCTION = """
    select comment, parameters from duckdb_functions()
    where schema_name = ? and function_name = ? and not internal
"""
_COLUMNS = """
    select column_name, lower(data_type), coalesce(comment, '') from duckdb_columns()
    where schema_name = ? and table_name = ? and not internal order by column_index
"""
_COMMENT = """
    select comment from duckdb_tables() where schema_name = ? and table_name = ?
    union all
    select comment from duckdb_views() where schema_name = ? and view_name = ?
"""

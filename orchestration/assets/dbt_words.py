"""A dbt test in words, as the UI shows it beside its result.

Belongs here: a sentence on what each test asserts, and what follows if it fails. Not here: the test
(dbt_project/), or its result (dbt.py).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Dagster shows each of these checks as non-blocking.
BLOCKS = (
    "If not, nothing is published. (Dagster calls the check non-blocking, because dbt itself holds "
    "back what depends on it.)"
)
TELLS = "If not, it is reported, and nothing is blocked."


def check_in_words(test: Mapping[str, Any]) -> str:
    """What a test of the manifest asserts, and whether it blocks publication.

    A test's own description comes first. Raises KeyError for a generic test without a description
    and without a sentence here.
    """
    holds = test.get("description") or _generic(test)
    blocks = test["config"]["severity"].lower() == "error"
    return f"{holds} {BLOCKS if blocks else TELLS}"


def _generic(test: Mapping[str, Any]) -> str:
    kind, said = test["test_metadata"]["name"], test["test_metadata"]["kwargs"]
    of = said.get("column_name")
    match kind:
        case "valid_rows":
            holds = " ".join(_valid_rows(said))
        case "unique_combination":
            holds = f"No two rows share {_listed(said['columns'])}."
        case "accepted_values":
            holds = _accepted(of, said["values"])
        case "relationships":
            (table,) = re.findall(r"'(\w+)'\)$", said["to"])
            holds = f"Every {of}, unless null, is found in {table} as {said['field']}."
        case "expression_is_true":
            holds = _true(said["expression"])
        case "columns_are":
            columns = [f"{name} {kind}" for name, kind in said["columns"].items()]
            holds = f"These are its columns: {_listed(columns)}."
        case _:
            raise KeyError(f"{test['name']}: no sentence on the generic test {kind}")
    where = test["config"].get("where")
    return f"{holds} Only for rows where {where}." if where else holds


def _valid_rows(said: Mapping[str, Any]) -> Iterator[str]:
    for columns in said.get("unique", []):
        yield f"No two rows share {_listed(columns)}."
    if columns := said.get("never_null"):
        yield f"Never null: {_listed(columns)}."
    for column, values in said.get("accepted_values", {}).items():
        yield _accepted(column, values)
    for expression in said.get("always_true", []):
        yield _true(expression)


def _accepted(column: str, values: Sequence[object]) -> str:
    return f"Every {column}, unless null, is one of: {_listed([f'`{value}`' for value in values])}."


def _true(expression: str) -> str:
    return f"True in every row: `{' '.join(expression.split())}`."


def _listed(names: Sequence[object]) -> str:
    return ", ".join(map(str, names))

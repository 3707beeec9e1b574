"""Write dbt's sources.yml from the declaration of the raw tables.

Belongs here: laying the declaration out as dbt reads it. Not here: any column or its description
(orchestration/sources/schemas.py).

    python docs/make_sources.py
"""

import json
from collections.abc import Iterator

import dataframely as dy

from orchestration.layout import DBT_PROJECT
from orchestration.sources.schemas import DUCKDB_TYPES, SCHEMAS

PAGE = DBT_PROJECT / "models" / "staging" / "sources.yml"
HEAD = """\
# Written by `python docs/make_sources.py` from orchestration/sources/schemas.py: change it there.
version: 2

sources:
  - name: raw
    schema: raw
    description: What the sources serve, typed and otherwise as it came.
    tables:
"""


def sources() -> str:
    """The file: each raw table, its columns with their types, and tests of their values."""
    return HEAD + "".join(line + "\n" for name in SCHEMAS for line in _table(name, SCHEMAS[name]))


def _table(name: str, schema: type[dy.Schema]) -> Iterator[str]:
    yield f"      - name: {name}"
    yield f"        description: {_quoted(' '.join((schema.__doc__ or '').split()))}"
    yield "        config:"
    yield "          meta:"
    yield "            dagster:"
    yield f"              asset_key: [raw, {name}]"
    yield "        columns:"
    for column, kind in schema.columns().items():
        yield f"          - name: {column}"
        yield f"            data_type: {DUCKDB_TYPES[kind.dtype]}"
        yield f"            description: {_quoted(kind.description or '')}"
        if allowed := (kind.metadata or {}).get("allowed"):
            yield "            data_tests:"
            yield "              - accepted_values:"
            yield "                  arguments:"
            yield f"                    values: {json.dumps(allowed)}"
            if not isinstance(allowed[0], str):
                yield "                    quote: false"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


if __name__ == "__main__":
    PAGE.write_text(sources(), encoding="utf-8")

"""Write docs/dictionary.md, the data dictionary, from what dbt knows of the project.

Belongs here: reading dbt's manifest and laying it out as a page. Not here: any description of a
table or column (the YAML beside each model and seed).

    python docs/make_dictionary.py
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from orchestration.assets.dbt import manifest

PAGE = Path(__file__).with_name("dictionary.md")

LAYERS = {
    "main": "What `show tables` shows: the table of contents.",
    "marts": "The public tables, for users' SQL.",
    "functions": "Public questions with arguments: `from marts.cohesion('KAZ')`.",
    "arguments": "Validation of the functions' arguments; not for users' own queries.",
    "seeds": "Reference facts, reviewed by people; each row names its source.",
    "intermediate": "Steps towards the marts: the union of the sources, topics.",
    "staging": "Each source in a common form, nothing left out or joined yet.",
    "raw": "Rows as the sources give them, with release, file and row number.",
}


def dictionary(known: Mapping[str, Any]) -> str:
    """The page as Markdown, from dbt's manifest: each layer, table, column and function."""
    described = [
        node
        for node in (*known["nodes"].values(), *known["sources"].values())
        if node["resource_type"] in ("model", "seed", "source")
    ]
    lines = [
        "# Data dictionary",
        "",
        "Generated from the descriptions in `dbt_project/` by `python docs/make_dictionary.py`;",
        "the same texts are comments on tables, columns and functions in the published file.",
        "[method.md](method.md) explains how votes become numbers.",
        "",
    ]
    lines += [f"- [{layer}](#{layer}): {words}" for layer, words in LAYERS.items()]
    for layer, words in LAYERS.items():
        lines += ["", f"## {layer}", "", words]
        for node in sorted(described, key=lambda node: node["name"]):
            if _layer(node) == layer:
                lines += _function(node) if _is_function(node) else _table(node)
    return "\n".join(lines) + "\n"


def _table(node: Mapping[str, Any]) -> Iterator[str]:
    types = node["config"].get("column_types") or {}
    typed = any(column.get("data_type") or types for column in node["columns"].values())
    yield from ("", f"### {node['name']}", "", _one_line(node["description"]), "")
    yield "| column | type | description |" if typed else "| column | description |"
    yield "|---|---|---|" if typed else "|---|---|"
    for name, column in node["columns"].items():
        kind = f" {(column.get('data_type') or types.get(name) or '').lower()} |" if typed else ""
        yield f"| `{name}` |{kind} {_one_line(column['description'])} |"


def _layer(node: Mapping[str, Any]) -> str:
    schema = str(node["schema"])
    return "functions" if _is_function(node) and schema == "marts" else schema


def _is_function(node: Mapping[str, Any]) -> bool:
    return bool(node["config"].get("materialized") == "table_macro")


def _function(node: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"### {node['name']}()", "", _one_line(node["description"]), "")
    yield from ("| argument | default | description |", "|---|---|---|")
    for argument in node["config"]["meta"]["arguments"]:
        default = f"`{argument['default']}`" if "default" in argument else ""
        yield f"| `{argument['name']}` | {default} | {_one_line(argument['description'])} |"


def _one_line(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


if __name__ == "__main__":
    known = json.loads(manifest().read_text(encoding="utf-8"))
    PAGE.write_text(dictionary(known), encoding="utf-8")

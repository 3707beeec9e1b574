"""Write docs/dictionary.md, the data dictionary, from what dbt knows of the project.

Belongs here: reading dbt's manifest and laying it out as a page. Not here: any description of a
table or column (the YAML beside each model and seed).

    python docs/make_dictionary.py
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DBT_PROJECT = ROOT / "dbt_project"
PAGE = ROOT / "docs" / "dictionary.md"

LAYERS = {
    "marts": "The public tables: what users' SQL stands on.",
    "seeds": "Reference facts, reviewed by people; each row names where it is from.",
    "intermediate": "How the marts come about: one union of the sources, topics.",
    "staging": "Each source in one spelling, nothing left out or joined yet.",
    "raw": "Rows as the sources give them, with release, file and row number.",
}


def manifest() -> dict[str, Any]:
    """dbt's manifest of the project as it stands; raises RuntimeError with dbt's words."""
    with tempfile.TemporaryDirectory() as aside:
        parsed = subprocess.run(
            [
                Path(sys.executable).with_name("dbt"),
                *("parse", "--no-partial-parse", "--profiles-dir", "."),
                *("--target-path", aside, "--log-path", aside),
            ],
            cwd=DBT_PROJECT,
            capture_output=True,
            text=True,
        )
        if parsed.returncode:
            raise RuntimeError(f"dbt can't parse the project:\n{parsed.stdout}")
        return json.loads((Path(aside) / "manifest.json").read_text(encoding="utf-8"))


def dictionary(manifest: Mapping[str, Any]) -> str:
    """The page as Markdown: one table of columns for each table of each layer."""
    described = [
        node
        for node in (*manifest["nodes"].values(), *manifest["sources"].values())
        if node["resource_type"] in ("model", "seed", "source")
    ]
    lines = [
        "# Data dictionary",
        "",
        "Made from the descriptions in `dbt_project/` by `python docs/make_dictionary.py`; the",
        "same words stand as comments on the tables and columns of the published file.",
        "How votes become numbers is told in [method.md](method.md).",
        "",
    ]
    lines += [f"- [{layer}](#{layer}): {words}" for layer, words in LAYERS.items()]
    for layer, words in LAYERS.items():
        lines += ["", f"## {layer}", "", words]
        for node in sorted(described, key=lambda it: it["name"]):
            if node["schema"] == layer:
                lines += _table(node)
    return "\n".join(lines) + "\n"


def _table(node: Mapping[str, Any]) -> Iterator[str]:
    types = node["config"].get("column_types") or {}
    typed = any(column.get("data_type") or types for column in node["columns"].values())
    yield from ("", f"### {node['name']}", "", _one_line(node["description"]), "")
    yield "| column | type | what it is |" if typed else "| column | what it is |"
    yield "|---|---|---|" if typed else "|---|---|"
    for name, column in node["columns"].items():
        kind = f" {(column.get('data_type') or types.get(name) or '').lower()} |" if typed else ""
        yield f"| `{name}` |{kind} {_one_line(column['description'])} |"


def _one_line(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(dictionary(manifest()), encoding="utf-8")

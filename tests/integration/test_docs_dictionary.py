"""docs/dictionary.md matches the dbt project's current descriptions.

Belongs here: the page against the manifest. Not here: whether a column is described at all (dbt's
own tests).
"""

import json

from pages import script

from orchestration.assets.dbt import manifest

made = script("make_dictionary")


def test_the_dictionary_is_up_to_date() -> None:
    page = made.dictionary(json.loads(manifest().read_text(encoding="utf-8")))
    assert made.PAGE.read_text(encoding="utf-8") == page, "run: python docs/make_dictionary.py"


def test_a_table_is_told_with_its_columns_and_their_types() -> None:
    column = {"data_type": "INTEGER", "description": "How many,\n  yes | no."}
    node = {
        "resource_type": "model",
        "schema": "marts",
        "name": "t",
        "description": "One row\n per thing.",
        "config": {},
        "columns": {"n": column},
    }
    page = made.dictionary({"nodes": {"t": node}, "sources": {}})
    assert "### t\n\nOne row per thing.\n" in page
    assert "| `n` | integer | How many, yes \\| no. |" in page

"""How a published file is cited: the project at this build, and its sources.

Belongs here: the three formats. Not here: what CITATION.cff says of the package
(test_project_files.py).
"""

import json
import re
from pathlib import Path

import duckdb
import pytest

from orchestration.published.citation import (
    SYNTHETIC,
    Reference,
    as_bibtex,
    as_csl,
    as_text,
    references,
)
from orchestration.sources import SOURCES


@pytest.fixture(params=[False, True], ids=["real", "sample"])
def works(request: pytest.FixtureRequest, tmp_path: Path) -> list[Reference]:
    """The references of a file with a release of each source."""
    file = tmp_path / "unga.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute(
            "create schema marts; create schema raw; create table marts.publication as select "
            "'run-1' as run_id, timestamp '2026-11-28 10:00:00' as published_at, "
            "'abc' as code_version, ?::boolean as synthetic, date '2026-06-04' as data_through, "
            "'2026.1' as release",
            [request.param],
        )
        connection.execute(
            "create table raw.releases (source varchar, release varchar, version varchar, "
            "citation varchar, licence varchar, release_date date)"
        )
        for name, module in SOURCES.items():
            source = module.source
            connection.executemany(
                "insert into raw.releases values (?, 'v_1', null, ?, ?, '2026-06-04')",
                [[name, source.citation, source.licence]] * 2,
            )
    return references(file)


def test_the_project_and_every_source_once(works):
    assert [work.key for work in works] == [
        "unga_vote_warehouse_2026",
        *(f"{name}_v_1" for name in SOURCES),
    ]
    assert works[0].version == "2026.1.20260604, code abc, votes through 2026-06-04, run run-1"
    assert [work.url for work in works[1:]] == [module.source.url for module in SOURCES.values()]
    assert all(work.authors for work in works)


def test_text_has_the_citations_and_licences(works):
    said = as_text(works)
    for module in SOURCES.values():
        assert module.source.citation in said
        assert module.source.licence in said
    assert said.startswith(SYNTHETIC if works[0].note else "The UNGA vote warehouse contributors.")


def test_bibtex_has_an_entry_each_with_its_fields(works):
    entries = as_bibtex(works).split("\n\n")
    assert len(entries) == len(works)
    for entry, work in zip(entries, works, strict=True):
        assert entry.startswith(f"@misc{{{work.key},\n")
        assert entry.endswith("\n}")
        fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE))
        assert len(fields) == entry.count("\n") - 1
        assert {"title", "author", "year", "version", "note"} <= fields.keys()
        assert entry.count("{") == entry.count("}")
        assert (SYNTHETIC in fields["note"]) == bool(work.note)
    assert "author = {Voeten, Erik and Strezhnev, Anton and Bailey, Michael}" in entries[-1]
    assert "release v\\_1" in entries[-1]


def test_csl_is_json_that_reference_managers_read(works):
    items = json.loads(as_csl(works))
    assert [item["id"] for item in items] == [work.key for work in works]
    for item in items:
        assert item["type"] in ("software", "dataset")
        assert item["title"]
        assert item["author"]
        assert len(item["issued"]["date-parts"][0]) == 3
    assert items[-1]["DOI"] == "10.7910/DVN/LEJUQZ"

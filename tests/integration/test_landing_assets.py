"""The first steps of a run: the outcome of each file, in the UI and in the raw tables.

Belongs here: landing and raw assets on small made files. Not here: how a source is asked
(tests/unit/sources), or the models built on the raw tables.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from unit.sources.making import session_json, undl_csv, undl_rows, voeten_csv

from orchestration.automation.updates import updates
from orchestration.definitions import build_defs
from orchestration.run.warehouse import Warehouse
from orchestration.sources import SOURCES, Outcome, landed_releases, read_visit


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp() as instance:
        yield instance


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A mirror with a file of each source."""
    folder = tmp_path / "mirror"
    for name, data in {
        "undl/2026_02_06_ga_voting.csv": undl_csv(),
        "unxml/77.json": session_json(),
        "dataverse/UNVotes.csv": voeten_csv(),
    }.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(data)
    return folder


def warehouse(tmp_path: Path, mirror: Path, **config: Any) -> Warehouse:
    return Warehouse(folder=str(tmp_path / "warehouse"), mirror=str(mirror), **config)


class Ran:
    """A run of the landing and raw assets, and what the UI shows of it."""

    def __init__(self, made: Warehouse, instance: dg.DagsterInstance) -> None:
        definitions = build_defs(made)
        chosen = [
            spec.key
            for spec in definitions.resolve_all_asset_specs()
            if spec.group_name in ("sources", "sources/raw") and spec.key.path[-1] != "sessions"
        ]
        self.result = definitions.resolve_job_def("refresh").execute_in_process(
            instance=instance, asset_selection=chosen, raise_on_error=False
        )
        (self.build,) = made.layout.build.glob(f"{self.result.run_id}/*.duckdb") or [None]

    def check(self, source: str, name: str) -> dg.AssetCheckEvaluation:
        (found,) = [
            check
            for check in self.result.get_asset_check_evaluations()
            if check.check_name == name and check.asset_key == dg.AssetKey(["landing", source])
        ]
        return found

    def shown(self, source: str) -> dict[str, Any]:
        (event,) = self.result.asset_materializations_for_node("landing")[
            list(SOURCES).index(source) : list(SOURCES).index(source) + 1
        ]
        return {name: value.value for name, value in event.metadata.items()}

    def rows(self, sql: str) -> list[tuple]:
        with duckdb.connect(self.build, read_only=True) as connection:
            return connection.sql(sql).fetchall()


def test_each_file_is_shown_with_what_came_of_it(tmp_path, mirror, instance):
    (mirror / "unxml" / "81.json").write_text("{", encoding="utf-8")
    ran = Ran(warehouse(tmp_path, mirror), instance)
    assert ran.result.success
    shown = ran.shown("unxml")
    assert "| 77.json | new |" in shown["what happened"]
    assert "| 81.json | refused | 81.json, line 1: not JSON" in shown["what happened"]
    refused = ran.check("unxml", "nothing_refused")
    assert not refused.passed and refused.severity is dg.AssetCheckSeverity.WARN
    assert "81.json, line 1: not JSON" in refused.metadata["reasons"].value
    assert ran.check("unxml", "in_reach").passed
    for source in ("undl", "voeten"):
        assert ran.check(source, "nothing_refused").passed and ran.check(source, "in_reach").passed
    assert ran.rows("select distinct file from raw.unxml_resolutions") == [("77.json",)]


def test_a_source_that_is_not_reached_warns_while_its_landed_release_is_used(
    tmp_path, mirror, instance
):
    assert Ran(warehouse(tmp_path, mirror), instance).result.success
    ran = Ran(warehouse(tmp_path, tmp_path / "gone"), instance)
    assert ran.result.success
    for source in SOURCES:
        check = ran.check(source, "in_reach")
        assert not check.passed and "gone is not a folder" in check.metadata["reasons"].value
    assert ran.rows("select count(*) from raw.undl_votes") == [(3,)]


def test_a_run_after_asking_asks_nobody(tmp_path, mirror, instance, monkeypatch):
    (mirror / "unxml" / "81.json").write_text("{", encoding="utf-8")
    made = warehouse(tmp_path, mirror, asked=True)
    updates(made.layout, made.origin, land=True)
    for source in SOURCES.values():
        for step in ("land", "probe", "parse"):
            monkeypatch.setattr(type(source), step, lambda *_, **__: pytest.fail("asked again"))
    ran = Ran(made, instance)
    assert ran.result.success
    assert "| 81.json | refused |" in ran.shown("unxml")["what happened"]
    assert not ran.check("unxml", "nothing_refused").passed
    assert ran.rows("select count(*) from raw.voeten_votes") == [(3,)]


def test_the_ledgers_have_versions_citations_corrections_and_reviews(tmp_path, mirror, instance):
    note = "Version: 5\n\nCitation: A library, Votes (2026)\n"
    (mirror / "undl" / "2026_02_06_ga_voting_md.md").write_text(note, encoding="utf-8")
    made = warehouse(tmp_path, mirror)
    made.layout.folder.mkdir()
    made.layout.reviews.write_text(
        "source,session,roll_calls,rule,counted_through,reviewed_on,note\n"
        "unxml,77,1,exact,2022-10-07,2026-11-25,looked at\n",
        encoding="utf-8",
    )
    ran = Ran(made, instance)
    assert ran.rows("select version, citation from raw.releases where source = 'undl'") == [
        ("5", "A library, Votes (2026)")
    ]
    own = SOURCES["unxml"].source.citation
    assert ran.rows("select citation from raw.releases where source = 'unxml'") == [(own,)]
    assert ("empty flag (topic codes, important): no", 1) in ran.rows(
        "select rule, rows from raw.repairs where source = 'voeten'"
    )
    assert ran.rows("select session, roll_calls, note from raw.reviews") == [("77", 1, "looked at")]


def test_a_bad_review_stops_the_run_by_file_and_line(tmp_path, mirror, instance):
    made = warehouse(tmp_path, mirror)
    made.layout.folder.mkdir()
    made.layout.reviews.write_text("source,session\n", encoding="utf-8")
    ran = Ran(made, instance)
    assert not ran.result.success
    (failed,) = ran.result.get_step_failure_events()
    assert "reviews.csv, line 1: expected the columns" in str(
        failed.step_failure_data.user_failure_data.description
    )


def undl_twice(made: Warehouse, mirror: Path) -> Path:
    """Land an older and a newer release of undl; returns the newer one's file, made writable."""
    older = undl_csv(undl_rows("YYY"))
    (mirror / "undl" / "2026_02_06_ga_voting.csv").rename(mirror / "undl" / "newer")
    (mirror / "undl" / "2025_09_19_ga_voting.csv").write_bytes(older)
    updates(made.layout, made.origin, land=True)
    (mirror / "undl" / "newer").rename(mirror / "undl" / "2026_02_06_ga_voting.csv")
    updates(made.layout, made.origin, land=True)
    newer = landed_releases(made.layout.landing(False), "undl")[-1]
    file = newer.folder / newer.files[0].name
    file.chmod(0o644)
    return file


def test_a_landed_release_that_is_damaged_is_told_and_the_older_one_used(
    tmp_path, mirror, instance
):
    made = warehouse(tmp_path, mirror, asked=True)
    file = undl_twice(made, mirror)
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    ran = Ran(made, instance)
    assert ran.result.success
    assert ran.rows("select distinct release from raw.undl_votes") == [("2025-09-19",)]
    landing = made.layout.landing(synthetic=False)
    (told,) = [one for one in read_visit(landing, "undl").files if one.outcome is Outcome.REFUSED]
    assert told.name == "release 2026-02-06"
    assert f"{file}: not the bytes that were landed" in told.reason
    assert not any(one.outcome is Outcome.REFUSED for one in read_visit(landing, "unxml").files)

    file.write_bytes(whole)
    ran = Ran(made, instance)
    assert ran.rows("select distinct release from raw.undl_votes") == [("2026-02-06",)]
    assert not any(one.outcome is Outcome.REFUSED for one in read_visit(landing, "undl").files)


def test_a_landing_that_cant_be_used_is_no_refused_release(tmp_path, mirror, instance):
    made = warehouse(tmp_path, mirror, asked=True)
    release = undl_twice(made, mirror).parent
    # It has to be parsed again, which needs the landing's lock.
    shutil.rmtree(release / "parsed")
    lock = made.layout.landing(synthetic=False) / "undl" / ".lock"
    lock.unlink()
    lock.mkdir()
    ran = Ran(made, instance)
    assert not ran.result.success
    (failed,) = ran.result.get_step_failure_events()
    assert str(lock) in str(failed.step_failure_data.user_failure_data.description)
    visit = read_visit(made.layout.landing(synthetic=False), "undl")
    assert not any(one.outcome is Outcome.REFUSED for one in visit.files)

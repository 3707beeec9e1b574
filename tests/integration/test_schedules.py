"""What starts a refresh, or an estimation after it.

Tested with a mirror to which a session and a file are added.
"""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.automation import sensors
from orchestration.automation.updates import updates
from orchestration.definitions import build_defs
from orchestration.run import dead_runs
from orchestration.run.dead_runs import UNDER_WAY
from orchestration.run.lock import now, sign_of_estimation, take_lock
from orchestration.run.warehouse import Warehouse
from orchestration.sources import SOURCES, Outcome, landed_releases

NEW_SESSION = "79"


@pytest.fixture
def warehouse(built_sample: Path, tmp_path: Path) -> Warehouse:
    """A warehouse whose published file is built from what its mirror serves and has landed."""
    folder = tmp_path / "warehouse"
    folder.mkdir()
    shutil.copy(built_sample / "sample/unga.duckdb", folder / "unga.duckdb")
    shutil.copytree(built_sample / "sample" / "mirror", tmp_path / "mirror")
    made = Warehouse(folder=str(folder), mirror=str(tmp_path / "mirror"))
    assert updates(made.layout, made.origin, land=True).newer == []
    return made


def add_session(warehouse: Warehouse) -> None:
    """Serve one more session of unxml: the newest one again, under its next number."""
    served = Path(warehouse.mirror) / "unxml"
    newest = max(int(path.stem) for path in served.glob("*.json") if path.stem.isdigit())
    assert int(NEW_SESSION) > newest
    text = (served / f"{newest}.json").read_text(encoding="utf-8")
    moved = text.replace(f"A/RES/{newest}/", f"A/RES/{NEW_SESSION}/")
    assert moved != text
    (served / f"{NEW_SESSION}.json").write_text(moved, encoding="utf-8")


def schedule_tick(warehouse: Warehouse, instance: dg.DagsterInstance, day: int = 15):
    schedule = build_defs(warehouse).resolve_schedule_def("yearly_refresh")
    context = dg.build_schedule_context(
        instance=instance, scheduled_execution_time=datetime(2026, 1, day, 6, tzinfo=UTC)
    )
    return schedule.evaluate_tick(context)


def sensor_tick(name: str, warehouse: Warehouse, instance: dg.DagsterInstance):
    sensor = build_defs(warehouse).resolve_sensor_def(name)
    return sensor.evaluate_tick(dg.build_sensor_context(instance=instance))


@pytest.fixture
def instance():
    # A schedule opens it by its path, so it must exist.
    with dg.DagsterInstance.local_temp() as instance:
        yield instance


def test_the_schedule_skips_while_nothing_is_newer(warehouse, instance):
    tick = schedule_tick(warehouse, instance)
    assert not tick.run_requests
    assert "No source has updates" in tick.skip_message


def test_the_schedule_refreshes_when_a_session_is_added(warehouse, instance):
    add_session(warehouse)
    (request,) = schedule_tick(warehouse, instance).run_requests
    assert request.run_key == "yearly:2026-01-15"
    assert f"{NEW_SESSION}.json" in request.tags["newer"]


def test_the_schedule_skips_when_no_source_is_in_reach(warehouse, instance):
    gone = Warehouse(folder=warehouse.folder, mirror=str(Path(warehouse.mirror) / "gone"))
    said = schedule_tick(gone, instance).skip_message
    assert "No source has updates" in said
    assert "unxml not in reach" in said and "gone is not a folder" in said


def test_looking_for_something_newer_lands_and_parses_nothing(warehouse, instance, monkeypatch):
    add_session(warehouse)
    for source in SOURCES.values():
        for step in ("land", "parse"):
            monkeypatch.setattr(type(source), step, lambda *_, **__: pytest.fail("not a probe"))
    landing = warehouse.layout.landing(synthetic=False)
    before = landed_releases(landing, "unxml")
    assert schedule_tick(warehouse, instance).run_requests
    assert sensor_tick("new_sessions", warehouse, instance).run_requests
    assert landed_releases(landing, "unxml") == before


def test_a_refused_file_is_said_and_starts_no_refresh(warehouse, instance):
    (Path(warehouse.mirror) / "unxml" / "81.json").write_text("{", encoding="utf-8")
    assert sensor_tick("new_sessions", warehouse, instance).run_requests  # not read yet
    found = updates(warehouse.layout, warehouse.origin, land=True)
    assert found.newer == [] and [file.name for file in found.outcomes["unxml"].refused] == [
        "81.json"
    ]
    for tick in (
        sensor_tick("new_sessions", warehouse, instance),
        schedule_tick(warehouse, instance),
    ):
        assert not tick.run_requests
        assert "unxml refused: 81.json, line 1: not JSON" in tick.skip_message


def test_a_new_session_asks_for_one_run(warehouse, instance):
    assert not sensor_tick("new_sessions", warehouse, instance).run_requests
    add_session(warehouse)
    (first,) = sensor_tick("new_sessions", warehouse, instance).run_requests
    (again,) = sensor_tick("new_sessions", warehouse, instance).run_requests
    assert first.run_key == again.run_key  # Dagster starts one run per key


def test_what_failed_is_asked_for_again_the_next_day(warehouse, instance, monkeypatch):
    add_session(warehouse)
    (first,) = sensor_tick("new_sessions", warehouse, instance).run_requests
    monkeypatch.setattr(sensors, "now", lambda: now() + timedelta(days=1))
    (next_day,) = sensor_tick("new_sessions", warehouse, instance).run_requests
    assert first.run_key != next_day.run_key
    days = [schedule_tick(warehouse, instance, day).run_requests[0].run_key for day in (15, 16)]
    assert len(set(days)) == 2


def test_nothing_is_asked_for_while_a_refresh_runs(warehouse, instance):
    add_session(warehouse)
    with take_lock(warehouse.layout, "a run from the command line"):
        assert sensor_tick("new_sessions", warehouse, instance).skip_message == UNDER_WAY
        assert schedule_tick(warehouse, instance).skip_message == UNDER_WAY
    assert sensor_tick("new_sessions", warehouse, instance).run_requests


def test_the_sessions_sensor_waits_for_a_first_refresh(warehouse, instance):
    (Path(warehouse.folder) / "unga.duckdb").unlink()
    tick = sensor_tick("new_sessions", warehouse, instance)
    assert not tick.run_requests
    assert "Nothing is published yet" in tick.skip_message


def test_a_dropped_undl_file_asks_for_one_run(warehouse, instance):
    assert "No file waits" in sensor_tick("new_undl_file", warehouse, instance).skip_message
    landing = Path(warehouse.folder) / "landing" / "undl"
    landing.mkdir(parents=True, exist_ok=True)
    served = next((Path(warehouse.mirror) / "undl").iterdir())
    shutil.copy(served, landing / served.name)
    (first,) = sensor_tick("new_undl_file", warehouse, instance).run_requests
    (again,) = sensor_tick("new_undl_file", warehouse, instance).run_requests
    assert first.run_key == again.run_key
    shutil.copy(served, landing / f"later_{served.name}")
    (other,) = sensor_tick("new_undl_file", warehouse, instance).run_requests
    assert other.run_key != first.run_key


def test_a_dropped_file_that_was_refused_asks_for_no_run(warehouse, instance):
    landing = Path(warehouse.folder) / "landing" / "undl"
    (landing / "2027_01_01_ga_voting.csv").write_text("no,such,columns\n", encoding="utf-8")
    assert sensor_tick("new_undl_file", warehouse, instance).run_requests
    assert updates(warehouse.layout, warehouse.origin, ["undl"], land=True).outcomes["undl"].refused
    assert "No file waits" in sensor_tick("new_undl_file", warehouse, instance).skip_message


def test_one_source_alone_is_asked(warehouse):
    add_session(warehouse)
    other = updates(warehouse.layout, warehouse.origin, ["voeten"])
    assert other.newer == [] and list(other.outcomes) == ["voeten"]
    found = updates(warehouse.layout, warehouse.origin, ["unxml"])
    assert found.newer == [f"unxml: {NEW_SESSION}.json"]
    landed = updates(warehouse.layout, warehouse.origin, ["unxml"], land=True)
    assert landed.newer[0].startswith("unxml ") and f"{NEW_SESSION}.json" in landed.newer[0]
    # What has landed but is not published counts as an update, even without asking the source.
    assert updates(warehouse.layout, warehouse.origin, ["voeten"]).newer == landed.newer
    probed = updates(warehouse.layout, warehouse.origin, ["unxml"])
    assert probed.newer == landed.newer
    assert {file.outcome for file in probed.outcomes["unxml"].files} == {Outcome.UNCHANGED}


@pytest.fixture
def without_estimates(first_sample: Path, warehouse: Warehouse) -> Warehouse:
    """The warehouse with a published file that has no ideal points yet."""
    shutil.copy(first_sample / "sample/unga.duckdb", warehouse.layout.published(False))
    return warehouse


def estimates_tick(warehouse: Warehouse, instance: dg.DagsterInstance):
    return sensor_tick("votes_without_estimates", warehouse, instance)


def test_votes_without_ideal_points_ask_for_one_estimation_a_day(
    without_estimates, instance, monkeypatch
):
    (first,) = estimates_tick(without_estimates, instance).run_requests
    assert first.tags["newer"] == ("all_votes: not estimated yet; final_passage: not estimated yet")
    (again,) = estimates_tick(without_estimates, instance).run_requests
    assert first.run_key == again.run_key
    monkeypatch.setattr(sensors, "now", lambda: now() + timedelta(days=1))
    (next_day,) = estimates_tick(without_estimates, instance).run_requests
    assert first.run_key != next_day.run_key


def test_ideal_points_of_other_votes_ask_for_an_estimation(warehouse, instance):
    skipped = estimates_tick(warehouse, instance)
    assert not skipped.run_requests
    assert skipped.skip_message == "The ideal points are of the published votes."
    with duckdb.connect(warehouse.layout.published(False)) as connection:
        connection.execute(
            "update raw.ideal_points_run set votes_key = 'of last year' "
            "where series = 'final_passage'"
        )
    (request,) = estimates_tick(warehouse, instance).run_requests
    assert request.tags["newer"].startswith("final_passage: of the votes through 2024-06-21")


def test_no_estimation_is_asked_for_while_a_refresh_or_another_one_runs(
    without_estimates, instance
):
    layout = without_estimates.layout
    with take_lock(layout, "a run from the command line"):
        assert estimates_tick(without_estimates, instance).skip_message == UNDER_WAY
    with sign_of_estimation(layout):
        said = estimates_tick(without_estimates, instance).skip_message
        assert said == "They are being estimated."
    assert estimates_tick(without_estimates, instance).run_requests


def test_no_estimation_is_asked_for_without_a_file_or_of_an_older_one(warehouse, instance):
    file = warehouse.layout.published(False)
    with duckdb.connect(file) as connection:
        connection.execute("drop table intermediate.int_ideal_point_series")
    said = estimates_tick(warehouse, instance).skip_message
    assert "by a version without ideal points" in said
    file.unlink()
    assert estimates_tick(warehouse, instance).skip_message == "Nothing is published yet."


def test_an_estimation_is_not_taken_for_a_killed_run(warehouse, instance, monkeypatch):
    """It takes no lock while it samples, so it is told by its sign."""
    monkeypatch.setattr(sensors, "A_MINUTE", 0)
    monkeypatch.setattr(dead_runs, "LONGEST_START", 0)
    job = build_defs(warehouse).resolve_job_def("estimate")
    run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)

    def status() -> dg.DagsterRunStatus:
        sensor_tick("killed_runs", warehouse, instance)
        return instance.get_run_by_id(run.run_id).status

    with sign_of_estimation(warehouse.layout):
        assert status() == dg.DagsterRunStatus.STARTED
    assert status() == dg.DagsterRunStatus.FAILURE


def test_a_landed_session_is_a_partition_of_the_raw_sessions(warehouse, instance):
    definitions = build_defs(warehouse)
    job = definitions.resolve_job_def("refresh")
    taken_in = [
        spec.key
        for spec in definitions.resolve_all_asset_specs()
        if spec.group_name in ("sources", "sources/raw") and spec.key.path[-1] != "sessions"
    ]

    def take_in() -> set[str]:
        ran = job.execute_in_process(instance=instance, asset_selection=taken_in)
        assert ran.success
        return set(instance.get_dynamic_partitions("sessions"))

    before = take_in()
    assert NEW_SESSION not in before
    add_session(warehouse)
    assert take_in() == before | {NEW_SESSION}
    record = instance.get_latest_materialization_event(dg.AssetKey(["raw", "sessions"]))
    assert record
    counted = [
        event.asset_materialization
        for event in (
            instance.fetch_materializations(
                dg.AssetRecordsFilter(
                    asset_key=dg.AssetKey(["raw", "sessions"]), asset_partitions=[NEW_SESSION]
                ),
                limit=10,
            ).records
        )
    ]
    (unxml,) = [event for event in counted if event.metadata["source"].value == "unxml"]
    served = Path(warehouse.mirror) / "unxml" / f"{NEW_SESSION}.json"
    lines = [json.loads(line) for line in served.read_text(encoding="utf-8").splitlines()]
    recorded = {line["symbol"] for line in lines if "recorded" in line["adoption_type"]}
    assert unxml.metadata["roll calls"].value == len(recorded)

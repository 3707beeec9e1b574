"""A refresh and its refusals, on the synthetic Assembly."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest
from warehouses import dbt, fingerprint, unga

from expectations.runner import SUITES
from orchestration.assets.checks import name_of_build
from orchestration.assets.dbt import failed_and_passed
from orchestration.definitions import build_defs
from orchestration.run.check_results import blocking_of_last_run
from orchestration.run.leftovers import remove_leftovers
from orchestration.run.lock import RefreshRefusedError, take_lock
from orchestration.run.warehouse import Warehouse
from orchestration.sources import SOURCES
from orchestration.sources.schemas import LEDGERS, RAW_TABLES, SCHEMAS, ddl

RUN_ID = "5f9c2c1e-6c0e-4b8e-9a53-0d9c1f3f5a11"


def test_the_sample_stands_apart_and_says_that_it_is_synthetic(built_sample):
    assert not (built_sample / "unga.duckdb").exists()
    assert not list(built_sample.glob("landing/*/*/release.json"))
    assert not (built_sample / "exports").exists()
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        assert connection.sql("select distinct synthetic from marts.freshness").fetchall() == [
            (True,)
        ]


def test_published_tables_and_columns_are_described(built_sample):
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        bare = connection.sql(
            "select table_name from duckdb_tables() where schema_name = 'marts' and comment is null"
        ).fetchall()
        bare += connection.sql(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' "
            "and comment is null and table_name not in ('checks_log', 'publication')"
        ).fetchall()
    assert bare == []


def test_every_mart_says_when_it_was_checked(built_sample):
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        stale = connection.sql(
            "select mart from marts.freshness where not is_fresh or checked_at is null"
        ).fetchall()
        ((failed, suites, tests),) = connection.sql(
            "select count(*) filter (not passed and severity = 'error'), "
            "count(*) filter (kind = 'expectations'), count(*) filter (kind = 'dbt test') "
            "from marts.checks_log"
        ).fetchall()
    assert stale == []
    assert (failed, suites > 0, tests > 0) == (0, True, True)


def test_nothing_newer_ends_at_once(sample_warehouse):
    shutil.copy(sample_warehouse / "sample/unga.duckdb", sample_warehouse / "unga.duckdb")
    before = (sample_warehouse / "unga.duckdb").stat()
    ended = unga(sample_warehouse, "refresh", mirror=str(sample_warehouse / "sample" / "mirror"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "No updates:" in ended.stdout
    assert (sample_warehouse / "unga.duckdb").stat().st_mtime_ns == before.st_mtime_ns


def run_of(
    definitions: dg.Definitions, instance: dg.DagsterInstance, *chosen: str
) -> dg.ExecuteInProcessResult:
    """A run of some assets only, as the UI starts one for `Materialize`."""
    return definitions.resolve_implicit_global_asset_job_def().execute_in_process(
        asset_selection=[dg.AssetKey.from_user_string(key) for key in chosen],
        instance=instance,
        raise_on_error=False,
    )


def rows_told(ran: dg.ExecuteInProcessResult) -> dict[str, object]:
    """The tables that a run made, with their numbers of rows where counted."""
    made = [event.materialization for event in ran.get_asset_materialization_events()]
    counts = [one.metadata.get("dagster/row_count") for one in made]
    return {
        one.asset_key.to_user_string(): count and count.value
        for one, count in zip(made, counts, strict=True)
    }


def test_a_part_is_built_in_a_copy_and_nothing_is_published(sample_warehouse):
    published, log = (
        sample_warehouse / "sample/unga.duckdb",
        sample_warehouse / "sample/checks_log.jsonl",
    )
    before = fingerprint(published), fingerprint(log)
    with duckdb.connect(published, read_only=True) as connection:
        counted = {
            name.replace(".", "/"): connection.sql(f"select count(*) from {name}").fetchall()[0][0]
            for name in ("marts.dim_topics", "raw.undl_votes", "raw.releases")
        }
    definitions = build_defs(Warehouse(folder=str(sample_warehouse)))
    with dg.DagsterInstance.ephemeral() as instance:
        one = run_of(definitions, instance, "marts/dim_topics")
        assert one.success
        assert rows_told(one) == {"marts/dim_topics": counted["marts/dim_topics"]}
        assert instance.get_run_by_id(one.run_id).tags["data"] == "copy of the sample"
        raw = [key for key in counted if key.startswith("raw/")]
        several = run_of(
            definitions,
            instance,
            *(f"raw/{table}" for table in RAW_TABLES["undl"]),
            *(f"raw/{table}" for table in LEDGERS),
            *(f"checks/{table}" for table in SUITES),
            "published/database",
            "published/sample",
        )
        assert several.success
        told = rows_told(several)
        assert {name: told[name] for name in raw} == {name: counted[name] for name in raw}
        assert "checks/fct_votes" in told
        assert not [name for name in told if name.startswith("published/")]
    assert (fingerprint(published), fingerprint(log)) == before
    (docs,) = (sample_warehouse / "build").glob("*/data_docs/index.html")
    assert "a copy of sample/unga.duckdb, SYNTHETIC" in docs.read_text(encoding="utf-8")
    assert not list((sample_warehouse / "build").rglob("*.duckdb"))


def test_a_part_before_anything_is_published_says_what_to_do(tmp_path):
    definitions = build_defs(Warehouse(folder=str(tmp_path)))
    with dg.DagsterInstance.ephemeral() as instance:
        ran = run_of(definitions, instance, "marts/dim_topics")
        assert not ran.success
        (ended,) = [event for event in ran.all_events if event.is_run_failure]
    assert "Materialize all assets together first" in ended.job_failure_data.error.to_string()
    assert not list(tmp_path.rglob("*.duckdb"))


def refresh_job() -> dg.JobDefinition:
    """The point from which a run is re-executed."""
    return build_defs().resolve_job_def("refresh")


def test_a_refresh_executed_again_from_where_it_failed_does_not_begin_with_nothing(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path / "warehouse"))
    in_the_way = tmp_path / "warehouse" / "unga.duckdb"
    in_the_way.mkdir(parents=True)
    job = dg.reconstructable(refresh_job)
    (tmp_path / "dagster").mkdir()
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
        first = dg.execute_job(job, instance)
        assert not first.success
        in_the_way.rmdir()
        again = dg.execute_job(
            job,
            instance,
            reexecution_options=dg.ReexecutionOptions(first.run_id, step_selection=["dbt_build*"]),
        )
        (ended,) = [event for event in again.all_events if event.is_run_failure]
    assert "Materialize all assets together first" in ended.job_failure_data.error.to_string()
    assert not list(tmp_path.rglob("*.duckdb"))


@pytest.mark.parametrize("synthetic", [False, True])
@pytest.mark.parametrize(
    "chosen",
    [[f"raw/{table}" for table in LEDGERS], [f"landing/{name}" for name in SOURCES]],
    ids=["part", "landing"],
)
def test_a_refused_build_stays_when_a_part_is_tried(tmp_path, synthetic, chosen):
    """Only a full refresh replaces it; leftovers of a killed partial run go with any run."""
    warehouse = Warehouse(folder=str(tmp_path), mirror=str(tmp_path / "none"))
    layout = warehouse.layout
    published, refused = layout.published(False), layout.build_file("refused", synthetic)
    killed = layout.build / "killed" / "copy" / "unga.duckdb"
    for file in (published, refused, killed):
        file.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(file) as connection:
            connection.execute("create schema raw")
            for table in SCHEMAS:
                connection.execute(f"create table raw.{table} ({ddl(table)})")
    definitions = build_defs(warehouse)
    with dg.DagsterInstance.ephemeral() as instance:
        assert run_of(definitions, instance, *chosen).success
    assert refused.exists()
    assert not killed.exists()
    remove_leftovers(layout)
    assert not refused.exists()


def test_a_copy_that_turns_to_the_sample_is_still_the_copy(tmp_path):
    """Its landing may find no source in reach: no other file may be discarded then."""
    warehouse = Warehouse(folder=str(tmp_path))
    published = warehouse.layout.published(False)
    duckdb.connect(published).close()
    part = dg.DagsterRun(
        job_name="refresh", run_id=RUN_ID, asset_selection=frozenset([dg.AssetKey("one")])
    )
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_run(part)
        context = SimpleNamespace(run=part, instance=instance)
        warehouse.setup_for_execution(context)
        copied = warehouse.build_file
        assert warehouse.on_copy and copied.exists()
        warehouse.turn_to_sample()
        assert warehouse.build_file == copied
        warehouse.teardown_after_execution(context)
    assert not copied.exists()
    assert published.exists()


def test_the_data_docs_say_whether_the_file_is_the_sample(built_sample, tmp_path):
    index = (built_sample / "data_docs" / "index.html").read_text(encoding="utf-8")
    assert "<p>sample/unga.duckdb, SYNTHETIC, checked " in index
    assert name_of_build(Warehouse(folder=str(tmp_path))) == "unga.duckdb"


def test_a_build_that_lacks_a_mart_is_refused(tmp_path):
    definitions = build_defs(Warehouse(folder=str(tmp_path)))
    raw = [f"raw/{table}" for table in SCHEMAS]
    with dg.DagsterInstance.ephemeral() as instance:
        ran = run_of(definitions, instance, *raw, "published/database", "published/sample")
    (failed,) = ran.get_step_failure_events()
    said = failed.step_failure_data.user_failure_data.description
    assert "Not published: only part of the refresh ran" in said
    assert not list(tmp_path.glob("*.duckdb"))


def test_a_lock_of_this_machine_names_its_holder(tmp_path):
    layout = Warehouse(folder=str(tmp_path)).layout
    holder = take_lock(layout, "the first run")
    with pytest.raises(RefreshRefusedError, match="in use by the first run: process"):
        take_lock(layout, "the second run")
    holder.close()
    take_lock(layout, "the third run").close()


def test_a_failed_dbt_test_names_table_test_rows_and_query(sample_warehouse, tmp_path):
    build, target = sample_warehouse / "sample/unga.duckdb", tmp_path / "target"
    with duckdb.connect(build) as connection:
        connection.execute(
            "insert into marts.dim_topics select * from marts.dim_topics where topic = 'hr'"
        )
    ran = dbt(
        build,
        *["test", "--select", "dim_topics", "dim_groups", "--exclude-resource-type", "unit_test"],
        *["--indirect-selection", "cautious"],
        target=target,
        synthetic=True,
    )
    assert ran.returncode == 1, ran.stdout
    outcomes = failed_and_passed(build, target)
    assert any(outcome.passed for outcome in outcomes)
    said = [outcome.line() for outcome in outcomes if outcome.blocks]
    assert said
    (repeated,) = [line for line in said if "rule=scheme, topic not unique" in line]
    assert "marts.dim_topics" in repeated and "'topic': hr" in repeated
    for line in said:
        query = Path(line.rpartition("query ")[2])
        assert query.suffix == ".sql"
        assert query.is_file()


def test_what_refused_a_build_stays_readable(sample_warehouse):
    warehouse = Warehouse(folder=str(sample_warehouse))
    assert blocking_of_last_run(warehouse.layout.checks_log(True))[1] == []
    with warehouse.layout.checks_log(True).open("a", encoding="utf-8") as log:
        refused = {
            "run_id": "r",
            "at": "2026-01-15T06:00:00",
            "table": "marts.completeness",
            "check": "every session is there",
            "kind": "expectations",
            "passed": False,
            "severity": "error",
            "rows": None,
            "detail": "source unxml, session 77",
        }
        log.write(json.dumps(refused) + "\n")
    told = unga(sample_warehouse, "status", "--sample")
    assert told.returncode == 5
    assert told.stdout.startswith("last build refused")
    assert "source unxml, session 77" in told.stdout
    told = json.loads(unga(sample_warehouse, "status", "--sample", "--json").stdout)
    assert "session 77" in told["refused"][0]


def test_a_run_is_kept_for_the_ui(built_sample, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(built_sample / "dagster_home"))
    with dg.DagsterInstance.get() as instance:
        (run,) = instance.get_runs()
        assert (run.job_name, run.status) == ("refresh", dg.DagsterRunStatus.SUCCESS)
        assert instance.get_latest_materialization_event(dg.AssetKey(["published", "sample"]))
        assert not instance.get_latest_materialization_event(dg.AssetKey(["published", "database"]))

"""Ideal points in the sample's file: estimated, published with it, carried over by a refresh.

Belongs here: `unga estimate`, its job, what is refused, the function of distances. Not here: the
sampler (unit/test_ideal_points.py), the sensor (test_schedules.py), full disks, killed estimations
and readers (faults/).
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import duckdb
import numba
import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result
from warehouses import fingerprint, unga

from ideal_points import estimates as estimator
from ideal_points.estimates import SHORT, Estimates, Settings
from orchestration.cli.app import app
from orchestration.cli.terminal import WIDTH
from orchestration.definitions import build_defs
from orchestration.layout import Layout
from orchestration.published.estimates import (
    EstimationRefusedError,
    estimate_and_publish,
    not_current,
    take_over,
)
from orchestration.run.dead_runs import IDEAL_POINTS
from orchestration.run.failures import was_refused_as_second
from orchestration.run.leftovers import leftovers
from orchestration.run.lock import RefreshRefusedError, is_estimating, take_lock
from orchestration.run.warehouse import Warehouse
from orchestration.sources.schemas import ESTIMATES, ddl

MAIN = ["all_votes", "final_passage"]


def layout_of(file: Path, folder: Path) -> Layout:
    """A warehouse with nothing but a published sample."""
    layout = Layout(folder)
    layout.published(True).parent.mkdir(parents=True)
    shutil.copy(file, layout.published(True))
    return layout


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """For so few votes more threads would only wait for each other, the longer the busier."""
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)


@pytest.fixture
def without(first_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A warehouse whose sample has no ideal points yet."""
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path / "without"))
    return layout_of(first_sample / "sample/unga.duckdb", tmp_path / "without")


@pytest.fixture
def layout(built_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A warehouse whose sample has ideal points."""
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path / "with"))
    return layout_of(built_sample / "sample/unga.duckdb", tmp_path / "with")


def run(command: str, *options: str) -> Result:
    return CliRunner().invoke(app, [command, "--sample", *options])


def rows(file: Path, sql: str) -> list[tuple]:
    with duckdb.connect(file, read_only=True) as connection:
        return connection.sql(sql).fetchall()


def change(file: Path, *statements: str) -> None:
    with duckdb.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)


def estimates_in(file: Path) -> dict[str, list[tuple]]:
    return {table: rows(file, f"from raw.{table} order by all") for table in ESTIMATES}


def other_tables(file: Path) -> dict[str, tuple]:
    """Number of rows, and their hash, of every table that holds no estimates."""
    with duckdb.connect(file, read_only=True) as connection:
        names = connection.sql(
            "select schema_name || '.' || table_name from duckdb_tables() order by all"
        ).fetchall()
        return {
            name: connection.sql(f"select count(*), sum(hash(it)) from {name} as it").fetchall()[0]
            for (name,) in names
            if name.removeprefix("raw.") not in ESTIMATES
        }


def line_of_status() -> str:
    (line,) = [
        line for line in run("status").output.splitlines() if line.startswith("ideal points")
    ]
    return line.removeprefix("ideal points").strip()


def test_a_first_build_has_none_and_says_how_to_get_them(without):
    assert all(found == [] for found in estimates_in(without.published(True)).values())
    assert line_of_status() == "none yet: `unga estimate --sample` makes them"
    assert not_current(without.published(True)) == dict.fromkeys(MAIN, "not estimated yet")
    asked = run("query", "from marts.ideal_point_distances('KAZ')")
    assert asked.exit_code == 0
    assert "0 rows" in asked.output


def test_an_estimation_is_published_and_then_current(without):
    file = without.published(True)
    before = other_tables(file)
    ended = run("estimate", "--short")
    assert ended.exit_code == 0, ended.output
    for series in MAIN:
        assert f"{series:24}    426 ideal points of 33 states" in ended.output
    assert other_tables(file) == before
    assert line_of_status() == "all_votes, final_passage through 2024-06-21"
    told = json.loads(run("status", "--json").output)["ideal_points"]
    assert [(row["series"], row["is_current"]) for row in told] == [(name, True) for name in MAIN]
    assert leftovers(without) == []
    published = fingerprint(file)
    again = run("estimate", "--short")
    assert again.exit_code == 0
    assert again.output.startswith("All are current")
    assert fingerprint(file) == published


@pytest.mark.parametrize("series", MAIN)
def test_every_state_has_an_ideal_point_in_each_session_that_it_voted_in(built_sample, series):
    missing_or_too_many = """
        with voted as (
            select entering.session, votes.state, count(*) as votes
            from intermediate.int_ideal_point_roll_calls as entering
            inner join marts.fct_votes as votes using (roll_call_id)
            where entering.series = getvariable('series') and votes.vote <> 'absent'
            group by all
        ),
        found as (
            select points.session, points.state, points.votes, len(kept.draws) as draws
            from marts.ideal_points as points
            inner join raw.ideal_point_draws as kept using (series, session, state)
            where points.series = getvariable('series') and points.is_current
        )
        from voted full join found using (session, state)
        where voted.votes is distinct from found.votes or found.draws <> 200
    """
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        connection.execute("set variable series = ?", [series])
        assert connection.sql(missing_or_too_many).fetchall() == []
        run = connection.sql(
            "select is_current, roll_calls, items, votes, states, chains, sweeps, seed "
            "from marts.ideal_points_run where series = getvariable('series')"
        ).fetchall()
        counted = connection.sql(
            """
            select true, count(distinct roll_call_id), count(distinct item), count(*),
                count(distinct state), 2, 200, 1946
            from intermediate.int_ideal_point_roll_calls
            inner join marts.fct_votes using (roll_call_id)
            where series = getvariable('series') and vote <> 'absent'
            """
        ).fetchall()
        assert run == counted
        roll_calls = connection.sql(
            """
            from marts.roll_call_parameters as found full join (
                from intermediate.int_ideal_point_roll_calls
                where series = getvariable('series')
            ) as entering using (series, roll_call_id)
            where series = getvariable('series')
                and (entering.item is distinct from found.item or found.vote_date is null)
            """
        ).fetchall()
        assert roll_calls == []


def test_the_same_seed_gives_the_same_and_another_other_estimates(layout):
    file = layout.published(True)
    first = estimates_in(file)
    run("estimate", "--short", "--again", "--series", "final_passage")
    second = estimates_in(file)
    assert second["ideal_points"] == first["ideal_points"]
    assert second["ideal_point_draws"] == first["ideal_point_draws"]
    ended = run("estimate", "--short", "--again", "--series", "final_passage", "--seed", "7")
    assert "all_votes" not in ended.output
    for table, of_third in estimates_in(file).items():
        series = [row[0] for row in of_third]
        assert sorted(set(series)) == MAIN
        assert [row for row in of_third if row[0] == "all_votes"] == [
            row for row in first[table] if row[0] == "all_votes"
        ]
    assert estimates_in(file)["ideal_points"] != first["ideal_points"]


def test_a_topic_is_estimated_without_draws_and_named_on_one_line_of_the_status(layout):
    """The sample has too few votes for one; here some of its roll calls make one up."""
    file = layout.published(True)
    topic = "study:armed_conflicts"
    for table in ("int_ideal_point_roll_calls", "int_ideal_point_series"):
        change(
            file,
            f"insert into intermediate.{table} select * replace ('{topic}' as series) "
            f"from intermediate.{table} where series = 'final_passage'",
        )
    assert "All are current" in run("estimate").output
    ended = run("estimate", "--short", "--topics")
    assert ended.exit_code == 0, ended.output
    assert {row[0] for row in estimates_in(file)["ideal_points"]} == {*MAIN, topic}
    assert {row[0] for row in estimates_in(file)["ideal_point_draws"]} == set(MAIN)
    assert line_of_status() == f"all_votes, final_passage, {topic} through 2024-06-21"
    change(
        file,
        "insert into raw.ideal_points_run by name "
        "select * exclude (number) replace (series || number as series) "
        f"from raw.ideal_points_run cross join range(9) as rows (number) where series = '{topic}'",
    )
    assert line_of_status() == (
        "3 series through 2024-06-21; 9 series outdated: `unga estimate --topics --sample`"
    )
    assert len("ideal points    " + line_of_status()) <= WIDTH
    change(
        file,
        "insert into intermediate.int_ideal_point_series by name "
        "select roll_calls, votes, data_through, runs.votes_key, runs.series "
        "from raw.ideal_points_run as runs anti join intermediate.int_ideal_point_series "
        "using (series)",
    )
    assert line_of_status() == (
        f"all_votes, final_passage, {topic}, 9 other series through 2024-06-21"
    )
    distances = rows(
        file,
        "select distance, distance_sd "
        f"from marts.ideal_point_distances('KAZ', in_series := '{topic.upper()}')",
    )
    assert distances
    assert all(sd is None and distance >= 0 for distance, sd in distances)


@pytest.mark.long
def test_a_refresh_carries_them_over_and_says_which_are_of_other_votes(sample_warehouse):
    file = sample_warehouse / "sample/unga.duckdb"
    change(
        file,
        "update raw.ideal_points_run set votes_key = 'of last year', data_through = '2023-06-21' "
        "where series = 'final_passage'",
    )
    before = estimates_in(file)
    refreshed = unga(sample_warehouse, "sample")
    assert refreshed.returncode == 0, refreshed.stdout
    assert "✓ take over ideal points" in refreshed.stdout
    assert estimates_in(file) == before
    current = "select series, is_current from marts.ideal_points_run order by series"
    assert rows(file, current) == [("all_votes", True), ("final_passage", False)]
    told = unga(sample_warehouse, "status", "--sample").stdout
    assert (
        "ideal points    all_votes through 2024-06-21; final_passage outdated: "
        "`unga estimate --sample`\n"
    ) in told
    estimated = unga(sample_warehouse, "estimate", "--sample", "--short")
    assert estimated.returncode == 0, estimated.stderr
    assert "all_votes" not in estimated.stdout
    assert rows(file, current) == [("all_votes", True), ("final_passage", True)]


@pytest.mark.parametrize(
    ("statement", "changed"),
    [
        ("update {} set vote = if(vote = 'yes', 'no', 'yes') where state = 'KAZ'", True),
        ("delete from {} where state = 'KAZ'", True),
        ("update {} set vote = 'absent' where vote <> 'absent' and state = 'KAZ'", True),
        # What enters no estimation.
        ("delete from {} where vote = 'absent'", False),
    ],
)
def test_any_vote_that_is_changed_makes_them_out_of_date(first_sample, layout, statement, changed):
    """The model itself, on other votes: of one of the roll calls that enter."""
    (compiled,) = first_sample.glob("build/*/dbt/manifest.json")
    node = json.loads(compiled.read_text(encoding="utf-8"))["nodes"][
        "model.unga.int_ideal_point_series"
    ]
    one = (
        "roll_call_id in (select roll_call_id from marts.dim_roll_calls where symbol like '%/9001')"
    )
    with duckdb.connect(layout.published(True)) as connection:
        connection.execute("create table votes as from intermediate.int_votes_of_members")
        before = connection.sql(f"select count(*) from votes where {one}").fetchall()
        assert before > [(0,)]
        joined = " and " if "where" in statement else " where "
        connection.execute(statement.format("votes") + joined + one)
        sql = node["compiled_code"].replace('"intermediate"."int_votes_of_members"', "votes")
        connection.execute(f"create or replace table intermediate.int_ideal_point_series as {sql}")
    current = rows(layout.published(True), "select is_current from marts.ideal_points_run")
    assert current == [(not changed,)] * 2
    assert ("outdated: `unga" in line_of_status()) == changed


def unchanged_after(layout: Layout, act: Callable[[], object]) -> None:
    """Do something, after which the file is as it was, byte for byte, and nothing is left over."""
    before = fingerprint(layout.published(True))
    act()
    assert fingerprint(layout.published(True)) == before
    assert leftovers(layout) == []
    assert not is_estimating(layout)


def refused(layout: Layout, words: str, *options: str) -> None:
    """Assert that `unga estimate` is refused and says why, and the file is as it was."""

    def act() -> None:
        ended = run("estimate", *options)
        assert ended.exit_code == 1, ended.output
        assert isinstance(ended.exception, SystemExit)
        assert words in ended.output
        assert "The published file is as it was." in ended.output

    unchanged_after(layout, act)


def test_chains_that_have_not_converged_are_refused(without):
    refused(without, "all_votes: only", "--short", "--sweeps", "20")


def test_an_unknown_series_is_refused_and_the_known_ones_named(without):
    refused(
        without,
        "No such series: study:peace. There are: all_votes, final_passage.",
        *("--series", "study:peace", "--series", "all_votes"),
    )


def test_long_and_short_exclude_each_other(without):
    unchanged_after(without, lambda: run("estimate", "--long", "--short"))
    assert "exclude each other" in run("estimate", "--long", "--short").output


@pytest.mark.parametrize("content", [None, b"", b"no database" * 1000], ids=str)
def test_without_a_file_to_read_it_says_so(tmp_path, monkeypatch, content):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    if content is not None:
        (tmp_path / "sample").mkdir()
        (tmp_path / "sample/unga.duckdb").write_bytes(content)
    ended = run("estimate")
    assert ended.exit_code == 1
    assert "unga.duckdb" in ended.output


def test_a_file_of_a_version_without_them_is_refused(without):
    change(without.published(True), "drop table intermediate.int_ideal_point_series")

    def act() -> None:
        ended = run("estimate")
        assert ended.exit_code == 1
        assert "by a version without ideal points: a refresh comes first" in ended.output

    unchanged_after(without, act)


def replaced_meanwhile(layout: Layout, *statements: str) -> Callable[..., None]:
    """A progress that, once, publishes a changed file in place of the one that is estimated."""
    done = []

    def progress(*_: object) -> None:
        if not done:
            other = layout.folder / "other.duckdb"
            shutil.copy(layout.published(True), other)
            change(other, *statements)
            other.replace(layout.published(True))
            done.append(fingerprint(layout.published(True)))

    progress.done = done
    return progress


def test_estimates_of_votes_that_a_refresh_has_replaced_are_refused(without):
    meanwhile = replaced_meanwhile(
        without, "update intermediate.int_ideal_point_series set votes_key = 'of a new session'"
    )
    with pytest.raises(EstimationRefusedError, match="a refresh has published other votes"):
        estimate_and_publish(without, True, ["final_passage"], SHORT, meanwhile)
    assert [fingerprint(without.published(True))] == meanwhile.done
    assert leftovers(without) == []


def test_what_a_refresh_has_published_meanwhile_stays(without):
    meanwhile = replaced_meanwhile(without, "update marts.publication set run_id = 'the next run'")
    estimate_and_publish(without, True, ["final_passage"], SHORT, meanwhile)
    file = without.published(True)
    assert rows(file, "select run_id from marts.publication") == [("the next run",)]
    assert rows(file, "select series, is_current from marts.ideal_points_run") == [
        ("final_passage", True)
    ]


def test_estimates_that_fail_their_suite_are_refused(without, monkeypatch):
    sampled = estimator.estimate

    def moved(*arguments: object) -> Estimates:
        found = sampled(*arguments)
        points = found.ideal_points.with_columns(pl.col("estimate") + 1)
        return Estimates(
            points, found.ideal_point_draws, found.roll_call_parameters, found.ideal_points_run
        )

    monkeypatch.setattr(estimator, "estimate", moved)
    words = "The new estimates fail their checks:\nThe scale has mean 0"
    refused(without, words, "--short", "--series", "final_passage")


def test_estimates_with_a_gap_are_refused(without, monkeypatch):
    sampled = estimator.estimate

    def short_of_one(*arguments: object) -> Estimates:
        found = sampled(*arguments)
        points = found.ideal_points.filter(pl.col("state") != "KAZ")
        return Estimates(
            points, found.ideal_point_draws, found.roll_call_parameters, found.ideal_points_run
        )

    monkeypatch.setattr(estimator, "estimate", short_of_one)
    words = "Every state has an ideal point in every session in which it voted"
    refused(without, words, "--short", "--series", "final_passage")


def test_while_a_refresh_has_the_lock_nothing_is_replaced(without, monkeypatch):
    monkeypatch.setattr("orchestration.run.lock.LOCK_TIMEOUT", 0)
    with take_lock(without, "run of a refresh"):
        # Its own folder is not the estimation's.
        refused(
            without,
            "The warehouse is in use by run of a refresh: process",
            *("--short", "--series", "final_passage"),
        )


def test_a_refresh_may_begin_while_the_chains_run(without):
    quick = Settings(sweeps=20, burn_in=0, least_acceptable=0)
    taken = []

    def progress(*_: object) -> None:
        assert is_estimating(without)
        with take_lock(without, "run of a refresh"):
            taken.append(True)

    with pytest.raises(EstimationRefusedError, match="The chains are not apart"):
        estimate_and_publish(without, True, ["final_passage"], quick, progress)
    assert len(taken) == 20
    with pytest.raises(RefreshRefusedError), take_lock(without, "run of a refresh"):
        estimate_and_publish(without, True, ["final_passage"], quick)
    assert not is_estimating(without)


def taken_over(published: Path, build: Path) -> tuple[str, dict[str, list[tuple]]]:
    with duckdb.connect(build) as connection:
        connection.execute("create schema raw")
        said = take_over(connection, published)
    return said, estimates_in(build)


def test_a_build_takes_over_what_is_published(layout, tmp_path):
    build = tmp_path / "it's a build.duckdb"
    said, found = taken_over(layout.published(True), build)
    assert (said, found) == ("", estimates_in(layout.published(True)))
    assert all(found.values())
    with duckdb.connect(build, read_only=True) as connection:
        for table in ESTIMATES:
            columns = connection.sql(f"describe raw.{table}").fetchall()
            assert [f"{name} {kind.lower()}" for name, kind, *_ in columns] == [
                column.removesuffix(" not null") for column in ddl(table).split(", ")
            ]


EARLIER = {
    "a version without estimates": ("drop table raw.ideal_point_draws", "ideal_point_draws"),
    "a version with other columns": ("alter table raw.ideal_points drop column ess", "ess"),
}


@pytest.mark.parametrize("version", EARLIER)
def test_of_a_file_of_another_version_nothing_is_taken_over(layout, tmp_path, version):
    statement, words = EARLIER[version]
    file = layout.published(True)
    views = rows(
        file, "select schema_name || '.' || view_name from duckdb_views() where not internal"
    )
    change(file, *(f"drop view {view}" for (view,) in views), statement)
    said, found = taken_over(file, tmp_path / "build.duckdb")
    assert words in said and "\n" not in said
    assert all(rows == [] for rows in found.values())


def test_of_no_file_and_of_what_is_no_database_nothing_is_taken_over(tmp_path):
    said, found = taken_over(tmp_path / "none.duckdb", tmp_path / "first.duckdb")
    assert said == ""
    (tmp_path / "broken.duckdb").write_bytes(b"no database" * 1000)
    said, found = taken_over(tmp_path / "broken.duckdb", tmp_path / "second.duckdb")
    assert "broken.duckdb" in said
    assert all(rows == [] for rows in found.values())


def test_a_distance_and_its_error_are_those_of_the_draws_of_both(built_sample):
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        distances = connection.sql(
            "from marts.ideal_point_distances('kaz', in_series := 'All_Votes')"
        ).pl()
        points = connection.sql(
            "select session, state, estimate, sd, draws from marts.ideal_points "
            "inner join raw.ideal_point_draws using (series, session, state) "
            "where series = 'all_votes'"
        ).pl()
    found = {(row["session"], row["state"]): row for row in points.iter_rows(named=True)}
    expected = {key for key in found if (key[0], "KAZ") in found and key[1] != "KAZ"}
    assert {(row["session"], row["partner"]) for row in distances.iter_rows(named=True)} == expected
    apart = 0
    for row in distances.iter_rows(named=True):
        own, other = found[row["session"], "KAZ"], found[row["session"], row["partner"]]
        assert row["distance"] == pytest.approx(abs(own["estimate"] - other["estimate"]), abs=1e-6)
        differences = (np.array(own["draws"], float) - np.array(other["draws"], float)) / 1000
        assert row["distance_sd"] == pytest.approx(differences.std(ddof=1))
        low, high = np.quantile(np.abs(differences), [0.05, 0.95])
        assert (row["q05"], row["q95"]) == (pytest.approx(low), pytest.approx(high))
        independent = np.hypot(np.std(own["draws"], ddof=1), np.std(other["draws"], ddof=1)) / 1000
        apart += abs(row["distance_sd"] / independent - 1) > 0.01
    assert apart > len(distances) / 2, "errors that both share are left in"


@pytest.fixture
def as_real(first_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """A warehouse whose published file, passed off as real, has no ideal points yet."""
    monkeypatch.setattr(estimator, "USUAL", SHORT)
    folder = tmp_path / "real"
    folder.mkdir()
    shutil.copy(first_sample / "sample/unga.duckdb", folder / "unga.duckdb")
    return Warehouse(folder=str(folder), mirror=str(tmp_path / "none"))


def series_of(warehouse: Warehouse) -> list[tuple]:
    file = warehouse.layout.published(False)
    return rows(file, "select series, is_current from marts.ideal_points_run order by series")


def test_the_job_estimates_and_publishes(as_real):
    job = build_defs(as_real).resolve_job_def("estimate")
    with dg.DagsterInstance.ephemeral() as instance:
        ended = job.execute_in_process(instance=instance)
        (event,) = ended.get_asset_materialization_events()
        assert event.asset_key == IDEAL_POINTS
        said = {name: value.value for name, value in event.materialization.metadata.items()}
        assert said["all_votes"].startswith("6,704 votes through 2024-06-21, ")
        assert series_of(as_real) == [(name, True) for name in MAIN]
        again = job.execute_in_process(instance=instance)
        (event,) = again.get_asset_materialization_events()
        assert event.materialization.metadata["series"].value == "all current"
    assert leftovers(as_real.layout) == []


def test_beside_another_asset_the_lock_of_the_run_is_its_own(as_real):
    """The export needs the run's lock, which would otherwise refuse the estimation."""
    selection = [dg.AssetKey(["published", "exports"]), IDEAL_POINTS]
    job = build_defs(as_real).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        ended = job.execute_in_process(instance=instance, asset_selection=selection)
    assert {event.asset_key for event in ended.get_asset_materialization_events()} == set(selection)
    assert series_of(as_real) == [(name, True) for name in MAIN]


def test_the_job_fails_without_a_traceback_where_nothing_may_be_published(as_real, monkeypatch):
    job = build_defs(as_real).resolve_job_def("estimate")
    monkeypatch.setattr(estimator, "USUAL", Settings(sweeps=20, burn_in=0, least_acceptable=0))
    monkeypatch.setattr("orchestration.run.lock.LOCK_TIMEOUT", 0)
    before = fingerprint(as_real.layout.published(False))

    def failure() -> str:
        with dg.DagsterInstance.ephemeral() as instance:
            ended = job.execute_in_process(instance=instance, raise_on_error=False)
            (failed,) = [event for event in ended.all_events if event.is_step_failure]
            tagged.append(was_refused_as_second(instance.get_run_by_id(ended.run_id)))
            return failed.step_failure_data.error.message

    tagged: list[bool] = []
    with take_lock(as_real.layout, "run of a refresh"):
        assert "in use by run of a refresh" in failure()
    assert fingerprint(as_real.layout.published(False)) == before
    as_real.layout.published(False).unlink()
    assert "Nothing is published yet" in failure()
    assert tagged == [True, False], "the refresh tells of itself"


def test_a_refresh_estimates_nothing(as_real):
    definitions = build_defs(as_real)
    steps = {node.name for node in definitions.resolve_job_def("refresh").nodes}
    assert "raw_estimates" in steps
    assert "published__ideal_points" not in steps
    selected = definitions.resolve_job_def("refresh").asset_layer.selected_asset_keys
    assert IDEAL_POINTS not in selected

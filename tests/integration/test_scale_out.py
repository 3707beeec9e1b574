"""`unga pairs` and `unga attach` on the sample: the same rows as the marts, and what they say.

Belongs here: the engine local, the commands, the asset. Not here: small votes by definition
(unit/test_scale_out_parts.py), or Spark (test_scale_out_spark.py).
"""

import json
import shutil
import subprocess
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest
from scaled import asked, differing, differing_from_marts, differing_rows, exported, rows_of
from warehouses import unga

from orchestration.assets.scale_out import VOTE_PAIRS
from orchestration.definitions import build_defs
from orchestration.layout import Layout
from orchestration.run.warehouse import Warehouse
from scale_out.output import read_settings
from scale_out.pairs import count_pairs


@pytest.fixture(scope="module")
def published(built_sample: Path) -> Path:
    return Layout(built_sample).published(True)


@pytest.fixture(scope="module")
def source(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(published, tmp_path_factory.mktemp("exported"))


@pytest.fixture(scope="module")
def result(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("counted") / "pairs"
    count_pairs(asked(source, target, replicates=20))
    return target


def test_every_row_and_column_is_that_of_the_marts(published, result):
    rows, differ = differing_from_marts(published, result, "year")
    assert rows > 10_000
    assert differ == 0


def test_one_count_that_is_off_is_seen(result, tmp_path):
    off = tmp_path / "off"
    shutil.copytree(result, off)
    file = next(off.rglob("*.parquet"))
    first = pl.int_range(pl.len()) == 0
    pl.read_parquet(file).with_columns(pl.col("yy") + first.cast(pl.Int32)).write_parquet(file)
    assert differing(result, off)[1] == 2
    assert differing(off, result)[1] == 2


def test_sessions_are_those_of_the_marts(published, source, tmp_path):
    count_pairs(asked(source, tmp_path / "out", "session"))
    rows, differ = differing_from_marts(published, tmp_path / "out", "session")
    assert rows > 10_000
    assert differ == 0


@pytest.mark.mirror
@pytest.mark.parametrize("period", ["year", "session"])
def test_on_real_votes_too(built_mirror, period, tmp_path):
    published = built_mirror / "unga.duckdb"
    count_pairs(asked(built_mirror / "exports", tmp_path / "out", period))
    rows, differ = differing_from_marts(published, tmp_path / "out", period)
    assert rows > 10_000_000
    assert differ == 0


def test_the_draws_have_the_mean_and_spread_that_they_should(result):
    """Of n roll calls drawn with replacement: the mean is the count, the variance c (1 - c / r)."""
    with duckdb.connect() as connection:
        ((ratio, spread),) = connection.execute(
            f"""
            select sum(yy_sum) / 20 / sum(yy),
                sum((yy_squares - yy_sum ^ 2 / 20) / 19) / sum(yy * (1 - yy / roll_calls))
            from {rows_of(result)}
            inner join (
                select scheme, topic, period, max(n + absent_either) as roll_calls
                from {rows_of(result)} group by all
            ) using (scheme, topic, period)
            """
        ).fetchall()
    assert ratio == pytest.approx(1, abs=0.02)
    assert spread == pytest.approx(1, abs=0.1)


def test_a_result_says_what_it_is(result, source):
    said = read_settings(result)
    assert said
    assert (said["engine"], said["period"], said["replicates"], said["seed"]) == (
        *("local", "year"),
        *(20, 8),
    )
    assert said["source"] == str(source)


def test_attached_measures_are_those_of_the_marts(published, built_sample, result):
    told = unga(built_sample, "attach", str(result), "--sample")
    assert told.returncode == 0, told.stderr
    with duckdb.connect() as connection:
        connection.execute(told.stdout)
        assert "yy_sd" in connection.sql("from counted_pairs").columns
        connection.execute(f"attach '{published}' as unga (read_only)")
        mart = "unga.marts.cohesion_by_pair_year_topic"
        names = connection.sql(f"from {mart}").columns
        mine = {"state": "member", "year": "period::integer"}
        columns = ", ".join(f"{mine.get(name, name)} as {name}" for name in names)
        # Of one topic: measures take longer to compute than counts.
        where = "where topic = 'all' and scheme = 'study'"
        theirs, mine_too = f"from {mart} {where}", f"select {columns} from counted_cohesion {where}"
        rows, differ = differing_rows(connection, theirs, mine_too)
    assert rows > 10_000
    assert differ == 0


def test_a_query_reads_a_result_beside_the_published_file_and_nothing_else(built_sample, result):
    def query(sql: str) -> subprocess.CompletedProcess[str]:
        return unga(
            built_sample, "query", sql, "--sample", "--with", str(result), "--format", "csv"
        )

    both = query(
        "select count(*) as rows from counted_cohesion inner join marts.dim_member_states "
        "on member = state"
    )
    assert both.returncode == 0, both.stderr
    assert int(both.stdout.splitlines()[1]) > 10_000
    before = sorted(result.rglob("*"))
    for sql in (
        f"copy (select 1) to '{result}/mine.csv'",
        f"attach '{result}/mine.duckdb'",
        "from read_text('/etc/hostname')",
    ):
        refused = query(sql)
        assert refused.returncode == 1
        assert len(refused.stderr.splitlines()) == 1
    assert sorted(result.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--in", "/nowhere"], "There is no folder /nowhere"),
        (["--in", "s3a://bucket/votes"], "only --engine spark reads"),
        (["--period", "decade"], "No such period: decade"),
        (["--master", "yarn"], "give --engine spark as well"),
    ],
)
def test_what_a_person_mistypes_is_told_in_one_line(arguments, says, built_sample, tmp_path):
    told = unga(built_sample, "pairs", *arguments, "--out", str(tmp_path / "out"))
    assert told.returncode == 1
    assert says in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_folder_that_is_no_result_is_not_attached(built_sample, tmp_path):
    told = unga(built_sample, "attach", str(tmp_path), "--sample")
    assert told.returncode == 1
    assert "is not a result of `unga pairs`" in told.stderr


def test_the_asset_counts_what_a_refresh_exported(first_sample, source, tmp_path):
    """The job runs on the real votes' files; here they are the sample's."""
    layout = Layout(tmp_path)
    layout.exports(False).parent.mkdir(exist_ok=True)
    layout.exports(False).symlink_to(source)
    layout.published(False).symlink_to(Layout(first_sample).published(True))
    definitions = build_defs(Warehouse(folder=str(tmp_path)))
    refresh = definitions.resolve_job_def("refresh")
    assert VOTE_PAIRS not in refresh.asset_layer.executable_asset_keys
    with dg.DagsterInstance.ephemeral() as instance:
        ran = definitions.resolve_job_def("scale_out").execute_in_process(
            instance=instance,
            run_config={
                "ops": {"scale_out__vote_pairs": {"config": {"schemes": ["study"], "seed": 3}}}
            },
        )
    assert ran.success
    settings = json.loads((layout.vote_pairs(False) / "settings.json").read_text())
    assert settings["schemes"] == ["study"]

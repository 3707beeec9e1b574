"""Apache Spark counts the same pairs as the marts, on executors that are processes, killed or not.

Belongs here: the engine spark on the sample. Not here: what both engines share
(test_scale_out.py, unit/test_scale_out_parts.py). One Spark serves all tests: it starts slowly.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from scaled import asked, differing, differing_from_marts, exported
from warehouses import wait_until

from orchestration.layout import Layout
from scale_out import Engine
from scale_out.asked import Asked
from scale_out.output import read_settings
from scale_out.pairs import count_pairs
from scale_out.spark import find_spark
from scale_out.votes import PairsError

pytestmark = pytest.mark.spark

# Two workers with an executor of one core each, which is a process, not a thread of the driver.
MASTER = "local-cluster[2,1,1024]"
SETTINGS = {
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "4",
}
EXECUTOR = b"org.apache.spark.executor.CoarseGrainedExecutorBackend"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A Spark with separate executors, from the files of the pip package."""
    if not find_spark():
        pytest.skip("PySpark is not installed (make spark): no test on Spark")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java: no test on Spark")
    import pyspark
    from pyspark.sql import SparkSession

    # Workers write into SPARK_HOME/work: a folder of links keeps that out of the environment.
    home = tmp_path_factory.mktemp("spark")
    for part in Path(pyspark.__file__).parent.iterdir():
        if part.name != "work":
            (home / part.name).symlink_to(part)
    variables = {
        "SPARK_HOME": str(home),
        # The machine's own name may lead to an address that its processes can't reach.
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_HOSTNAME": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        # Workers have nothing of this project but what is sent to them.
        "PYTHONPATH": "",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        builder = SparkSession.builder.master(MASTER).appName("tests")
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        session.stop()


@pytest.fixture(scope="module")
def published(built_sample: Path) -> Path:
    return Layout(built_sample).published(True)


@pytest.fixture(scope="module")
def source(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(published, tmp_path_factory.mktemp("exported"))


def executors(session) -> list[int]:
    """The processes of the executors of this Spark, by their command lines."""
    application = session.sparkContext.applicationId.encode()
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
        except OSError:
            continue
        if EXECUTOR in words and application in words:
            found.append(int(file.parent.name))
    return found


def test_every_row_and_column_is_that_of_the_marts(spark, published, source, tmp_path):
    counted = count_pairs(asked(source, tmp_path / "out"), Engine.SPARK)
    rows, differ = differing_from_marts(published, tmp_path / "out", "year")
    assert counted.rows == rows > 10_000
    assert differ == 0
    said = read_settings(tmp_path / "out")
    assert said
    assert (said["engine"], said["rows"]) == ("spark", rows)


def test_an_executor_killed_in_the_midst_changes_nothing(spark, source, tmp_path):
    """Killed while pairs are counted; replicates, windows and sessions are those of local."""
    count_pairs(asked(source, tmp_path / "local", "session", replicates=50))
    wait_until(lambda: len(executors(spark)) == 2, "two executors")
    before, killed, after = executors(spark), [], []

    def kill(done: int, total: int) -> None:
        # The stage of the groups is the one whose tasks are as many as `spark.py` asks for.
        if total != 8:
            return
        if not killed:
            killed.append(before[0])
            os.kill(before[0], signal.SIGKILL)
        else:
            after.append((done, total))

    count_pairs(
        asked(source, tmp_path / "spark", "session", replicates=50), Engine.SPARK, tell=kill
    )
    assert killed
    assert any(done < total for done, total in after), "it was killed too late"
    assert before[0] not in executors(spark)
    rows, differ = differing(tmp_path / "local", tmp_path / "spark")
    assert rows > 10_000
    assert differ == 0


def test_a_window_is_the_same_on_both_engines(spark, source, tmp_path):
    for engine in Engine:
        of_all = asked(source, tmp_path / engine, "window:20")
        count_pairs(replace(of_all, schemes=("voeten",)), engine)
    rows, differ = differing(tmp_path / "local", tmp_path / "spark")
    assert rows > 10_000
    assert differ == 0


@pytest.mark.parametrize(
    ("vote", "says"),
    [
        ("aye", "row 2: the vote 'aye' is none of yes"),
        ("two", "B has two votes on roll call 1 of Diet. Leave one"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(spark, vote, says, tmp_path):
    import polars as pl

    votes = [("A", "yes"), ("B", "yes" if vote == "two" else vote), ("B", "no")]
    (tmp_path / "in").mkdir()
    pl.DataFrame(
        {
            "chamber": "Diet",
            "roll_call": 1,
            "member": [a for a, _ in votes],
            "vote": [cast for _, cast in votes],
        }  # fmt: skip
    ).with_columns(day=pl.date(2024, 5, 1)).write_parquet(tmp_path / "in" / "votes.parquet")
    with pytest.raises(PairsError, match=says) as told:
        count_pairs(Asked(str(tmp_path / "in"), str(tmp_path / "out")), Engine.SPARK)
    assert "\n" not in str(told.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    ("java", "says"),
    [
        (None, "Spark needs Java 17 or newer, and there is none in JAVA_HOME="),
        ("11.0.2", "is Java 11: install it"),
        ("1.8.0_402", "is Java 8: install it"),
    ],
)
def test_java_is_asked_for_in_words(java, says, source, tmp_path):
    if not find_spark():
        pytest.skip("PySpark is not installed (make spark): no test on Spark")
    if java:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "java").write_text(f"#!/bin/sh\necho 'version \"{java}\"' >&2\n")
        (tmp_path / "bin" / "java").chmod(0o755)
    told = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "pairs", "--engine", "spark"],
        env=os.environ | {"JAVA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert says in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_pyspark_is_asked_for_in_words(source, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(PairsError, match="PySpark is not installed: run `make spark`"):
        count_pairs(asked(source, tmp_path / "out"), Engine.SPARK)

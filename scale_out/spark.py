"""The engine `spark`: Apache Spark finds the groups and hands each to the same pure function.

Belongs here: sessions, reading and writing where Spark can, what a person must install. Not here:
what is read (votes.py), grouped (groups.py) or counted (counting.py). Only `pairs.py` imports it,
and only when it is asked for: PySpark is apart from all else.

    votes of a roll call in one row -> joined with its groups -> groupBy(group).applyInArrow(...)
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from scale_out import Engine, output
from scale_out.asked import Asked, Counted, Tell, is_address, settings_text
from scale_out.counting import CODE as SENT
from scale_out.counting import TWO_VOTES, packed_counter, schema
from scale_out.groups import KEY, groups, schemes_of
from scale_out.votes import (
    CODE,
    FILE,
    FILES,
    ROLL_CALLS,
    ROW,
    PairsError,
    queries,
    refuse_two_votes,
    refuse_wrong_rows,
)

JAVA = 17
# Where `make spark` puts it: nothing else may import it (requirements-spark.lock).
APART = Path(sys.prefix) / "spark"
ALL_CORES = "local[*]"
# Roll calls that a worker gets at once: two thousand members' votes are some 20 MB then.
ROLL_CALLS_IN_BATCH = 500
TASKS_PER_CORE = 4
FILES_OPEN = 50
LOOKED_EVERY = 0.5  # seconds
UNFINISHED = ".unfinished"
_PARTITIONS = "spark.sql.shuffle.partitions"


def count(asked: Asked, master: str | None, tell: Tell) -> Counted:
    """Count all groups on Spark, and put the result in place; see `pairs.count_pairs`."""
    _refuse_without_spark()
    _refuse_without_java()
    if not is_address(asked.target):
        output.refuse_foreign(Path(asked.target))
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    with _session(master or ALL_CORES) as session, _told(session, tell):
        try:
            schemes = _read(session, asked)
            with _place(session, asked.target) as folder:
                counted = _count(session, asked, schemes, folder)
                text = settings_text(asked, Engine.SPARK, counted)
                _write_text(session, f"{folder}/{output.SETTINGS}", text)
        except (PySparkException, Py4JError) as wrong:
            if TWO_VOTES in str(wrong):
                refuse_two_votes(lambda sql: session.sql(sql).collect())
            raise PairsError(f"Spark failed: {_one_line(wrong)}") from wrong
    return counted


def find_spark() -> bool:
    """Whether PySpark is there: in this environment, or in the folder of its own beside it.

    That folder is put on the path of this process if need be.
    """
    if importlib.util.find_spec("pyspark") is None and (APART / "pyspark").is_dir():
        sys.path.append(str(APART))
        importlib.invalidate_caches()
    return importlib.util.find_spec("pyspark") is not None


def _refuse_without_spark() -> None:
    if not find_spark():
        raise PairsError(
            "PySpark is not installed: run `make spark` in the project's folder, or use "
            "--engine local."
        )


def _refuse_without_java() -> None:
    """Raise PairsError unless the Java that Spark would start is new enough."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    needed = f"Spark needs Java {JAVA} or newer"
    how = (
        f"install it (Debian, Ubuntu: apt-get install openjdk-{JAVA}-jre-headless), or set "
        "JAVA_HOME, or use --engine local."
    )
    if java is None:
        where = f"in JAVA_HOME={home}" if home else "on the path"
        raise PairsError(f"{needed}, and there is none {where}: {how}")
    told = subprocess.run([java, "-version"], capture_output=True, text=True)
    found = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    if told.returncode or not found:
        raise PairsError(f"{needed}, and {java} does not start: {how}")
    if int(found[1]) < JAVA:
        raise PairsError(f"{needed}, and {java} is Java {found[1]}: {how}")


@contextmanager
def _session(master: str) -> Iterator[Any]:
    """A session with tables of its own; a Spark that was started for it is stopped in the end."""
    # It says so at each import. Nothing here goes through pandas.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    from pyspark.sql import SparkSession

    before = SparkSession.getActiveSession()
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        spark = before or (
            SparkSession.builder.master(master)
            .appName(output.MADE_BY)
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
    except Exception as wrong:
        # Py4J raises the exceptions of Java, and RuntimeErrors, for what a person mistyped.
        raise PairsError(f"Spark does not start on {master}: {_one_line(wrong)}") from wrong
    try:
        session = spark.newSession()
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", ROLL_CALLS_IN_BATCH)
        # Else it sorts all rows of a task by their partition before it writes any.
        session.conf.set("spark.sql.maxConcurrentOutputFileWriters", FILES_OPEN)
        if not session.sparkContext.getConf().contains(_PARTITIONS):
            # Its default, 200, takes longer to start than a few workers take to count.
            session.conf.set(_PARTITIONS, _tasks(session))
        session.sparkContext.addPyFile(str(_code()))
        yield session
    finally:
        if before is None:
            spark.stop()


def _tasks(session: Any) -> int:
    return int(TASKS_PER_CORE * session.sparkContext.defaultParallelism)


_kept: list[tempfile.TemporaryDirectory[str]] = []


@cache
def _code() -> Path:
    """A zip file of what workers run. It is there as long as this process: Spark asks again."""
    _kept.append(tempfile.TemporaryDirectory(prefix="unga-"))
    file = Path(_kept[-1].name) / "unga_pairs.zip"
    with zipfile.ZipFile(file, "w") as packed:
        for package in {name.partition(".")[0] for name in SENT}:
            packed.writestr(f"{package}/__init__.py", "")
        for name in SENT:
            source = importlib.util.find_spec(name)
            assert source and source.origin
            packed.write(source.origin, name.replace(".", "/") + ".py")
            for parent in Path(name.replace(".", "/")).parents[:-2]:
                packed.writestr(f"{parent}/__init__.py", "")
    return file


@contextmanager
def _told(session: Any, tell: Tell) -> Iterator[None]:
    """Tell how many tasks of the running stages are done, from time to time."""
    tracker, ended = session.sparkContext.statusTracker(), threading.Event()

    def look() -> None:
        while not ended.wait(LOOKED_EVERY):
            found = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            stages = [stage for stage in found if stage is not None]
            if stages:
                done = sum(stage.numCompletedTasks for stage in stages)
                tell(done, sum(stage.numTasks for stage in stages))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()


def _read(session: Any, asked: Asked) -> tuple[str, ...]:
    """Make the views votes, topics and roll_calls; the schemes to count by."""
    source = _address(asked.source)
    columns = {}
    for name in FILES:
        places = [f"{source}/{name}.parquet", f"{source}/{name}"]
        found = [place for place in places if _exists(session, place)]
        if found:
            files = session.read.parquet(found[0])
            columns[name] = {one.name: one.dataType.simpleString() for one in files.schema}
            files.selectExpr(
                "*", f"_metadata.file_path as {FILE}", f"_metadata.row_index as {ROW}"
            ).createOrReplaceTempView(f"given_{name}")
    texts = queries(asked.source, columns)
    for name, sql in (*texts.items(), ("roll_calls", ROLL_CALLS)):
        session.sql(sql).createOrReplaceTempView(name)
    # Read several times, and small.
    session.catalog.cacheTable("roll_calls")

    def rows(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in session.sql(sql).collect()]

    refuse_wrong_rows(rows)
    asked.refuse_unusable(rows)
    return schemes_of(
        [str(one) for (one,) in rows("select distinct scheme from topics")], asked.schemes
    )


def _count(session: Any, asked: Asked, schemes: tuple[str, ...], folder: str) -> Counted:
    from pyspark.sql.pandas.types import from_arrow_schema

    session.sql(groups(asked.period, schemes)).createOrReplaceTempView("grouped")
    keys = ", ".join(KEY)
    partitions = ", ".join(output.PARTITIONS)
    ((number, files),) = session.sql(
        f"select count(distinct {keys}), count(distinct {partitions}) from grouped"
    ).collect()
    if not number:
        raise PairsError("No roll call to count: the topics name none that has votes.")
    # A roll call goes to each of its groups in one row, not in as many as it has votes. Files of
    # votes are so small that Spark would send all of them to every worker: hence the hint.
    key = ", ".join(f"grouped.{name}" for name in KEY)
    packed = session.sql(
        f"""
        select /*+ merge(grouped, packed) */ {key}, roll_call, packed.votes
        from grouped inner join (
            select chamber, roll_call,
                collect_list(named_struct('member', member, 'vote', {CODE})) as votes
            from votes group by chamber, roll_call
        ) as packed using (chamber, roll_call)
        """
    )
    # All groups of a scheme and period come to one task, which writes them into one file, unless
    # these are so few that workers would have nothing to do.
    tasks = _tasks(session)
    together = output.PARTITIONS if files >= tasks else KEY
    (
        packed.repartition(tasks, *together)
        .groupBy(*KEY)
        .applyInArrow(
            packed_counter(asked.resampling), schema=from_arrow_schema(schema(asked.resampling))
        )
        .write.partitionBy(*output.PARTITIONS)
        .mode("overwrite")
        .option("compression", "zstd")
        .option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
        .parquet(folder)
    )
    session.catalog.uncacheTable("roll_calls")
    return Counted(int(number), session.read.parquet(folder).count(), schemes)


@contextmanager
def _place(session: Any, target: str) -> Iterator[str]:
    """The address of a folder to write into, which replaces `target` once all is written."""
    if not is_address(target):
        with output.unfinished(Path(target)) as folder:
            yield f"file://{folder}"
        return
    target = target.rstrip("/")
    new, old = f"{target}{UNFINISHED}", f"{target}{UNFINISHED}-old"
    if _exists(session, target) and not _exists(session, f"{target}/{output.SETTINGS}"):
        raise PairsError(f"{target} holds something else, which would be lost: name another --out.")
    yield new
    for here, there in ((target, old), (new, target)):
        files, path = _files(session, here)
        if files.exists(path) and not files.rename(path, _files(session, there)[1]):
            raise PairsError(f"The result is in {new}, but could not be moved to {target}.")
    files, path = _files(session, old)
    files.delete(path, True)


def _address(place: str) -> str:
    """A folder as Spark names it: an address as it is, a path as a file of this machine."""
    return place.rstrip("/") if is_address(place) else f"file://{Path(place).absolute()}"


def _files(session: Any, address: str) -> tuple[Any, Any]:
    """Hadoop's file system of an address, and the address as its path."""
    path = session._jvm.org.apache.hadoop.fs.Path(address)
    return path.getFileSystem(session._jsc.hadoopConfiguration()), path


def _exists(session: Any, address: str) -> bool:
    files, path = _files(session, address)
    return bool(files.exists(path))


def _write_text(session: Any, address: str, text: str) -> None:
    files, path = _files(session, address)
    stream = files.create(path, True)
    try:
        stream.write(bytearray(text.encode()))
    finally:
        stream.close()


def _one_line(wrong: BaseException) -> str:
    """The first lines of Spark's message, without its traces."""
    lines = [line.strip() for line in str(wrong).splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("at ", "File ", "Traceback", "^"))]
    return " ".join(kept)[:500] or type(wrong).__name__

"""How time and memory grow with the roll calls: the sample at 1, 3 and 10 times its size.

The number of roll calls grows, that of states does not; 33 vote, the others are absent. The
reviewed numbers of completeness are those of the small sample, so a larger one would rightly be
refused: the steps are run one by one, each in its own process, up to the suites.

Belongs here: running the steps on a larger Assembly. Not here: what the steps do.
"""

import os
import sys
import tempfile
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.tables import megabytes, seconds, table
from benchmarks.watch import Watched, watch
from orchestration.layout import DBT_PROJECT
from orchestration.sample.files import make_sample

TITLE = "Growth"
TODAY = 7_000
STEPS = ("land and parse", "dbt: seeds and models", "dbt: tests", "suites")


def section(scales: tuple[int, ...] | None = None) -> str:
    """Time and peak memory per step at each scale of the sample, by default 1, 3 and 10."""
    scales = scales or tuple(round(times * TODAY / _roll_calls_of_one()) for times in (1, 3, 10))
    rows, peaks = [], []
    first: dict[str, float] = {}
    for scale in scales:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make_sample(folder / "mirror", scale)
            runs = {step: _run(step, folder) for step in STEPS}
            with duckdb.connect(folder / "build.duckdb", read_only=True) as connection:
                ((roll_calls,),) = connection.sql(
                    "select count(*) from marts.dim_roll_calls"
                ).fetchall()
            size = (folder / "build.duckdb").stat().st_size
        growth = roll_calls / first.setdefault("roll calls", roll_calls)
        for step, run in runs.items():
            slower = run.seconds / first.setdefault(step, run.seconds)
            rows.append(
                [f"{roll_calls:,} roll calls: {step}", seconds(run.seconds)]
                + [f"{slower:.1f} times", megabytes(run.peak)]
            )
        whole = sum(run.seconds for run in runs.values())
        peaks.append(max(run.peak for run in runs.values()))
        slower = whole / first.setdefault("whole", whole)
        rows.append(
            [f"**{roll_calls:,} roll calls ({growth:.1f} times), all steps**"]
            + [seconds(whole), f"{slower:.1f} times", megabytes(peaks[-1])]
        )
        rows.append([f"the file of {roll_calls:,} roll calls", "", "", megabytes(size)])
    return (
        "The synthetic Assembly with increasing numbers of roll calls; its 33 voting states and "
        "its years stay the same, so the pair tables do not grow, but the work of counting them "
        "does. "
        "Each step is a process of its own, including start-up.\n\n"
        + table(["what", "seconds", "relative to the first", "peak memory or size"], rows)
        + f"\nHighest peak: {megabytes(max(peaks))}.\n"
    )


def _roll_calls_of_one() -> int:
    """Roll calls of the sample at scale 1, as in its file with the longest period."""
    with tempfile.TemporaryDirectory() as folder:
        make_sample(Path(folder))
        votes = pl.read_csv(Path(folder) / "dataverse" / "UNVotes.csv.gz", columns=["rcid"])
    return votes["rcid"].n_unique()


def _run(step: str, folder: Path) -> Watched:
    variables = {
        "UNGA_DATABASE": str(folder / "build.duckdb"),
        "DBT_PROJECT_DIR": str(DBT_PROJECT),
        "UNGA_SYNTHETIC": "true",
    }
    dbt: list[str | Path] = [Path(sys.executable).with_name("dbt")]
    where: list[str | Path] = ["--project-dir", DBT_PROJECT, "--profiles-dir", DBT_PROJECT]
    where += ["--target-path", folder / "target", "--log-path", folder / "logs"]
    command: list[str | Path]
    match step:
        case "dbt: seeds and models":
            command = [*dbt, "build", "--exclude-resource-type", "unit_test", "test", *where]
        case "dbt: tests":
            command = [*dbt, "test", "--exclude-resource-type", "unit_test", *where]
        case _:
            command = [sys.executable, "-m", "benchmarks.growth", step, folder]
    run = watch(command, variables)
    # The tests and suites of completeness refuse the larger sample, as they should.
    if run.returncode and step in STEPS[:2]:
        raise RuntimeError(run.said)
    return run


def land_and_parse(folder: Path) -> None:
    """Land and parse the sources by the project's own assets, and keep their build file."""
    import dagster as dg

    from orchestration.definitions import build_defs
    from orchestration.run.warehouse import Warehouse

    warehouse = Warehouse(folder=str(folder / "warehouse"), mirror=str(folder / "mirror"))
    definitions = build_defs(warehouse)
    chosen = [
        spec.key
        for spec in definitions.resolve_all_asset_specs()
        if spec.group_name in ("sources", "sources/raw") and spec.key.path[-1] != "sessions"
    ]
    with dg.DagsterInstance.ephemeral() as instance:
        ran = definitions.resolve_job_def("refresh").execute_in_process(
            instance=instance, asset_selection=chosen
        )
    assert ran.success
    (built,) = warehouse.layout.build.glob("*/unga.duckdb")
    built.rename(folder / "build.duckdb")


def suites(folder: Path) -> None:
    """Run every suite on the build file."""
    from expectations.runner import run_suites

    run_suites(folder / "build.duckdb", folder / "data_docs")


if __name__ == "__main__":
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    step, name = sys.argv[1:]
    (land_and_parse if step == STEPS[0] else suites)(Path(name))

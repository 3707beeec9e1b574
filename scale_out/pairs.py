"""What may be asked for, and asking an engine for it.

Belongs here: the settings of a count, and the steps that engines share. Not here: how an engine
counts (local.py, spark.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from scale_out import output
from scale_out.counting import Resampling
from scale_out.groups import Period
from scale_out.votes import PairsError, Rows

# Told how many groups, or tasks of Spark, are done, and how many there are.
Tell = Callable[[int, int], None]


class Engine(StrEnum):
    """What counts: this process, or Apache Spark."""

    LOCAL = "local"
    SPARK = "spark"


@dataclass(frozen=True)
class Asked:
    """What is asked for. `source` and `target` are folders; Spark takes addresses of them too."""

    source: str
    target: str
    period: Period = Period("year")
    schemes: tuple[str, ...] = ()
    resampling: Resampling = Resampling()

    def refuse_unusable(self, rows: Rows) -> None:
        """Raise PairsError if roll calls lack the session that a period by session needs."""
        if self.period.kind != "session":
            return
        for chamber, roll_call in rows(
            "select chamber, roll_call from roll_calls where session is null "
            "order by chamber, roll_call limit 1"
        ):
            raise PairsError(
                f"Roll call {roll_call} of {chamber} has no session: add the column session to "
                "the votes, or choose another --period."
            )


@dataclass(frozen=True)
class Counted:
    """What was counted: groups of roll calls, rows written, and the schemes of the groups."""

    groups: int
    rows: int
    schemes: tuple[str, ...]


def is_address(place: str) -> bool:
    """Whether this is an address such as s3a://bucket/folder, which only Spark can read."""
    return "://" in place


def count_pairs(
    asked: Asked, engine: Engine = Engine.LOCAL, master: str | None = None, tell: Tell | None = None
) -> Counted:
    """Count the pairs of every group, and write them to `asked.target`, replacing a result there.

    `master` is Spark's, for the engine spark: local[2], spark://host:7077, yarn. Raises PairsError
    for what can't be counted; `asked.target` is then as it was.
    """
    tell = tell or (lambda done, total: None)
    if engine is Engine.SPARK:
        # Not installed everywhere, and slow to import.
        from scale_out import spark

        return spark.count(asked, master, tell)
    for place in (asked.source, asked.target):
        if is_address(place):
            raise PairsError(f"{place} is an address: only --engine spark reads and writes these.")
    if not Path(asked.source).is_dir():
        raise PairsError(f"There is no folder {asked.source}: name one with votes.parquet.")
    from scale_out import local

    with output.unfinished(Path(asked.target)) as folder:
        counted = local.count(asked, folder, tell)
        text = settings_text(asked, engine, counted)
        (folder / output.SETTINGS).write_text(text, encoding="utf-8")
    return counted


def settings_text(asked: Asked, engine: Engine, counted: Counted) -> str:
    """The file that says what a result is."""
    return output.as_text(
        {
            "code": version("unga-vote-warehouse"),
            "counted_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine": engine.value,
            "source": asked.source,
            "period": str(asked.period),
            "schemes": list(counted.schemes),
            "replicates": asked.resampling.replicates,
            "seed": asked.resampling.seed,
            "groups": counted.groups,
            "rows": counted.rows,
        }
    )

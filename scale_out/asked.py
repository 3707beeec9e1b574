"""What is asked for and what came of it: the settings of a count, which every engine takes.

Belongs here: settings, and what they rule out. Not here: counting (local.py, spark.py), or which
engine is asked (pairs.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from scale_out import Engine, output
from scale_out.counting import Resampling
from scale_out.groups import Period
from scale_out.votes import PairsError, Rows

# Told how many groups, or tasks of Spark, are done, and how many there are.
Tell = Callable[[int, int], None]


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

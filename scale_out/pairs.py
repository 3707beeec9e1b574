"""Counting the pairs of a folder of votes, by the engine that is asked for.

Belongs here: choosing the engine. Not here: what may be asked for (asked.py), or how an engine
counts (local.py, spark.py).
"""

from pathlib import Path

from scale_out import Engine, local, output
from scale_out.asked import Asked, Counted, Tell, is_address, settings_text
from scale_out.votes import PairsError


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
    with output.unfinished(Path(asked.target)) as folder:
        counted = local.count(asked, folder, tell)
        text = settings_text(asked, engine, counted)
        (folder / output.SETTINGS).write_text(text, encoding="utf-8")
    return counted

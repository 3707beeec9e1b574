"""Check results: what a check found, as one line of text, and the log that keeps it.

Belongs here: the result of one check, its line of text, its record in the log. Not here:
running checks (assets/checks.py, assets/dbt.py).
"""

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# What an entry of the log has beside the result.
OF_THE_RUN = ("run_id", "at")


@dataclass(frozen=True)
class CheckResult:
    """What one check of one run found."""

    table: str
    check: str
    kind: str  # 'dbt test', 'expectations' or 'comparison'
    passed: bool
    severity: str = "error"  # a 'warn' is reported, but blocks nothing
    rows: int | None = None  # rows that fail, where the check counts them
    detail: str = ""  # what is wrong, with some of the rows

    @property
    def blocks(self) -> bool:
        """Whether the build may not be published."""
        return not self.passed and self.severity == "error"

    def line(self) -> str:
        """The result as one line of text."""
        counted = f", {self.rows} rows" if self.rows else ""
        return f"{self.table}: {self.check} ({self.kind}{counted}) {self.detail}".rstrip()


def append_to_log(log: Path, run_id: str, at: str, results: Iterable[CheckResult]) -> None:
    """Add the results to the log of checks; `at` is an ISO time of UTC."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as lines:
        for result in results:
            entry = {"run_id": run_id, "at": at} | asdict(result)
            lines.write(json.dumps(entry, ensure_ascii=False) + "\n")


def read_log(log: Path) -> list[dict[str, Any]]:
    """The entries of the log of checks; none if there is no log.

    A line that a killed run or a full disk cut off is left out, and named in Python's log.
    """
    if not log.exists():
        return []
    entries = []
    for number, line in enumerate(log.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            entry = json.loads(line)
            CheckResult(**{key: entry[key] for key in entry if key not in OF_THE_RUN})
            entry["run_id"]
        except (ValueError, TypeError, KeyError) as wrong:
            logging.getLogger(__name__).warning("%s, line %d is no check: %s", log, number, wrong)
        else:
            entries.append(entry)
    return entries


def blocking_of_last_run(log: Path) -> tuple[str, list[CheckResult]]:
    """The last run in the log and the check results that kept it from publication."""
    entries = read_log(log)
    run_id = entries[-1]["run_id"] if entries else ""
    results = [
        CheckResult(**{key: entry[key] for key in entry if key not in OF_THE_RUN})
        for entry in entries
        if entry["run_id"] == run_id
    ]
    return run_id, [result for result in results if result.blocks]

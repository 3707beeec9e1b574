"""Queries on the published file: the questions of the docs and the macros, warm and cold.

Belongs here: asking and timing. Not here: the questions (docs/questions.md).
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.tables import table
from orchestration.layout import ROOT
from orchestration.published.query import open_published

sys.path.insert(0, str(ROOT / "docs"))
import answer_questions  # noqa: E402

TITLE = "Queries on the published file"
REPEATS = 9
MACROS = {
    "`cohesion` of one state with all": "from marts.cohesion('KAZ')",
    "`cohesion` of two states, by topic": "from marts.cohesion('KAZ', ['RUS'], in_topic := 'hr')",
    "`cohesion` by UNBIS subject, counted on demand": (
        "from marts.cohesion('KAZ', in_scheme := 'unbis', in_topic := 'DISARMAMENT AGREEMENTS')"
    ),
    "`opposition_of` three states": "from marts.opposition_of('AZE', 'RUS', 'TUR')",
}
COLD = """
import sys, time
start = time.perf_counter()
from orchestration.published.query import open_published
from pathlib import Path
imported = time.perf_counter()
with open_published(Path(sys.argv[1])) as connection:
    connection.sql(sys.argv[2]).fetchall()
print(imported - start, time.perf_counter() - imported)
"""


def section(published: Path) -> str:
    """Time each question: the median of warm repeats, and one run in a new process, file cold."""
    page = answer_questions.PAGE.read_text(encoding="utf-8")
    asked = {
        question["title"]: question["sql"] for question in answer_questions.questions(page)
    } | MACROS
    rows, medians = [], []
    for title, sql in asked.items():
        warm = _warm(published, sql)
        medians.append(warm)
        rows.append([title, f"{warm * 1000:.0f} ms", f"{_cold(published, sql) * 1000:.0f} ms"])
    summary = (
        f"Median of all: {statistics.median(medians) * 1000:.0f} ms warm; "
        f"the slowest {max(medians) * 1000:.0f} ms. "
        f"Warm is the median of {REPEATS} over one open connection; cold is the first query of a "
        "new process on a file that is not in memory, opening it included."
    )
    return f"{summary}\n\n{table(['question', 'warm', 'cold'], rows)}"


def _warm(published: Path, sql: str) -> float:
    times = []
    with open_published(published) as connection:
        for _ in range(REPEATS + 1):
            start = time.perf_counter()
            connection.sql(sql).fetchall()
            times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def _cold(published: Path, sql: str) -> float:
    """Seconds to open and query in a new process, with the file dropped from the page cache."""
    with published.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    ran = subprocess.run(
        [sys.executable, "-c", COLD, str(published), sql],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(ran.stdout.split()[1])

"""What commands print: status on one screen, the summary of a refresh, lists of tables.

Belongs here: tables, lines, colours, and the words around numbers. Not here: where the numbers come
from (published/status.py), or the progress of a run (run/progress.py).
"""

import re
import shutil
import sys
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.published.catalogue import Described, Entry
from orchestration.published.coverage import in_words
from orchestration.published.status import LEAST_RIGHT, Health, answered, since
from orchestration.sources import FileOutcome, Outcome, Visit, in_order
from reports.narrative import years_in_words

# One screen: status prints no more than fits.
WIDTH, HEIGHT = 100, 24
LABEL = 16
FILES_NAMED = 5

SYNTHETIC = "SYNTHETIC: an invented Assembly, no number in it is real"
# Statuses of sessions with nothing unexplained missing.
EXPLAINED = ("as expected", "known gap")
NOT_THERE = "not in this file: it was published by an older version"
STYLES = {
    Health.FRESH: "bold green",
    Health.SOURCE_AT_FAULT: "bold yellow",
    Health.STALE: "bold red",
    Health.BUILD_REFUSED: "bold red",
    Health.UNREADABLE: "bold red",
}

OUTCOMES = {
    Outcome.NEW: "green",
    Outcome.UNCHANGED: "",
    Outcome.NOT_IN_REACH: "bold red",
    Outcome.REFUSED: "bold red",
}
HARMLESS = (Outcome.NEW, Outcome.UNCHANGED)


def print_status(console: Console, said: Mapping[str, Any]) -> None:
    """The status of a published file on one screen, the verdict first."""
    verdict, publication = said["verdict"], said["publication"]
    lines = [
        f"{'published':{LABEL}}{publication['published_at']} UTC by run {publication['run_id']}",
        f"{'votes through':{LABEL}}{publication['data_through']}",
        *_coverage_lines(said["coverage"]),
        "",
        *_source_lines(said["sources"]),
        "",
        *_doubts_lines(said["doubts"]),
        *_topics_lines(said["topics"]),
        f"{'ideal points':{LABEL}}{_ideal_points(said)}",
        f"{'checks passed':{LABEL}}{_checks(said['checks'])}",
        f"{'sessions':{LABEL}}{_sessions(said['completeness'])}",
    ]
    if publication["synthetic"]:
        lines.insert(0, SYNTHETIC)
    needs = said["needs_a_person"]
    # The verdict, the heading, the file and the prompt take a line each.
    room = HEIGHT - 4 - len(lines)
    if len(needs) > room:
        needs = [*needs[: room - 1], f"and {len(needs) - room + 1} more: unga status --json"]
    needed = [f"{'to do':{LABEL}}{'' if needs else 'nothing'}", *(f"  {n}" for n in needs)]
    _say(console, _cut(verdict["line"]), STYLES[verdict["health"]])
    for line in lines:
        _say(console, _cut(line))
    for line in needed:
        _say(console, _cut(line), "yellow" if needs else "")
    _say(console, f"{'file':{LABEL}}{said['file']}")


def print_unreadable(console: Console, said: Mapping[str, Any]) -> None:
    """Report that there is no file to read, and why the last build was refused, if it was."""
    _say(console, said["verdict"]["line"], STYLES[said["verdict"]["health"]])
    if said["refused"]:
        _say(console, f"The last build, by run {said['refused_run']}, was refused:")
    for line in (*said["refused"], *said["needs_a_person"]):
        _say(console, f"  {line}")


def print_sessions(console: Console, said: Mapping[str, Any]) -> None:
    """The sessions of each source, empty ones as expected in one row, and each known gap once."""
    sessions = Table("source", "sessions", "expected", "found", "status", title="Sessions")
    for column in sessions.columns[2:4]:
        column.justify = "right"

    def alone(row: Mapping[str, Any]) -> str:
        # Sessions with nothing expected and nothing found share a row.
        nothing = row["status"] == "as expected" and not row["found_roll_calls"]
        return "" if nothing else row["session"]

    for source, of_source in groupby(said["completeness"], key=lambda row: row["source"]):
        # Those that share a row come first.
        ordered = sorted(of_source, key=lambda row: in_order(alone(row) or "0"))
        for _, some in groupby(ordered, key=alone):
            rows = list(some)
            status = rows[0]["status"]
            sessions.add_row(
                source,
                sessions_in_words(row["session"] for row in rows),
                _expected(rows),
                f"{sum(row['found_roll_calls'] or 0 for row in rows):,}",
                status,
                style="" if status in EXPLAINED else "red",
            )
    console.print(sessions)
    gaps = Table("source", "sessions", "known gap", title="Known gaps")
    seen = {(row["source"], row["session"]) for row in said["completeness"]}
    reasons: dict[tuple[str, str], list[str | None]] = {}
    for gap in said["gaps"]:
        if gap["session"] is None or (gap["source"], gap["session"]) in seen:
            reasons.setdefault((gap["source"], gap["reason"]), []).append(gap["session"])
    for (source, reason), of_gap in reasons.items():
        named = [session for session in of_gap if session is not None]
        gaps.add_row(source, sessions_in_words(named) if named else "all", reason)
    if gaps.row_count:
        console.print(gaps)


def _expected(rows: Iterable[Mapping[str, Any]]) -> str:
    """The total of expected roll calls; a dash if there is none ('at least 0' counts as none)."""
    numbers = [
        row["expected_roll_calls"]
        for row in rows
        if row["expected_roll_calls"] is not None
        and (row["expected_roll_calls"] or row["expected_rule"] != "at_least")
    ]
    return f"{sum(numbers):,}" if numbers else "-"


def print_summary(console: Console, said: Mapping[str, Any]) -> None:
    """Contents of a newly published file, the years it covers, and how to read it."""
    publication = said["publication"]
    found = {row["source"]: row for row in said["found"]}
    kept = {row["source"]: row for row in said["used"]}
    sources = Table("source", "release", "roll calls", "votes", "of them used", title="Sources")
    for column in sources.columns[2:]:
        column.justify = "right"
    for row in said["sources"]:
        name = row["source"]
        sources.add_row(
            name,
            row["release"],
            f"{found.get(name, {}).get('found', 0):,}",
            f"{found.get(name, {}).get('votes_found', 0):,}",
            f"{kept.get(name, {}).get('roll_calls', 0):,}",
        )
    console.print(sources)
    _print_decades(console, said["decades"], list(kept))
    for line in _coverage_lines(said["coverage"]):
        _say(console, line)
    for row in said["marts"]:
        votes = f"{row['fct_votes']:,} votes and absences in marts.fct_votes"
        _say(console, f"{'marts':{LABEL}}{row['marts']}; {votes}")
    _say(console, f"{'checks passed':{LABEL}}{_checks(said['checks'])}")
    for line in _doubts_lines(said["doubts"]):
        _say(console, line)
    changed = "; ".join(f"{row['count']:,} {row['what']}" for row in said["changes"])
    _say(console, f"{'changes':{LABEL}}{changed or 'none'}")
    _say(console, f"{'data through':{LABEL}}{publication['data_through']}")
    _say(console, f"{'file':{LABEL}}{said['file']}")
    for label, place in said["beside"].items():
        _say(console, f"{label:{LABEL}}{place}")
    _say(
        console,
        f"{'try':{LABEL}}{_query(publication['synthetic'])} "
        '"select symbol, vote_date, yes_counted, no_counted '
        'from marts.dim_roll_calls order by vote_date desc limit 5"',
    )
    if publication["synthetic"]:
        _say(console, SYNTHETIC, "bold yellow")


def unga() -> str:
    """The command as it can be typed here: with its path if it is not on the PATH."""
    own = Path(sys.executable).with_name("unga")
    if shutil.which("unga"):
        return "unga"
    return str(own.relative_to(Path.cwd()) if own.is_relative_to(Path.cwd()) else own)


def _query(synthetic: bool) -> str:
    """The command to put before a query of the file."""
    return f"{unga()} query{' --sample' if synthetic else ''}"


def print_visits(console: Console, visits: Mapping[str, Visit]) -> None:
    """What happened at each source: new, unchanged, not in reach since when, refused and why."""
    for name, visit in visits.items():
        for outcome, style in OUTCOMES.items():
            if files := [file for file in visit.files if file.outcome is outcome]:
                out = outcome is Outcome.NOT_IN_REACH and not answered(visit)
                when = f" {since(visit)}" if out else ""
                _say(console, f"{name:8}{outcome}{when}: {_files(files)}", style)
        if visit.note:
            _say(console, f"{name:8}{visit.note}")
        elif not visit.files:
            _say(console, f"{name:8}not asked yet")


def _files(files: list[FileOutcome]) -> str:
    """Files by name, with the reason if at fault; a reason that names the file stands alone."""
    if files[0].outcome in HARMLESS:
        names = [file.name for file in files]
        more = len(names) - FILES_NAMED
        return ", ".join([*names[:FILES_NAMED], *([f"{more} more"] if more > 0 else [])])
    return "; ".join(
        file.reason if file.name in file.reason else f"{file.name}: {file.reason}" for file in files
    )


def sessions_in_words(sessions: Iterable[str]) -> str:
    """Sessions, with ranges: 44 to 47, 66, ES-1 to ES-9."""
    numbers: dict[str, set[int]] = {}
    for session in sessions:
        kind, _, number = session.rpartition("-")
        numbers.setdefault(kind and f"{kind}-", set()).add(int(number))
    return ", ".join(
        re.sub(r"(\d+)", rf"{kind}\1", years_in_words(of_kind))
        for kind, of_kind in sorted(numbers.items())
    )


def _coverage_lines(rows: list[dict[str, Any]] | None) -> list[str]:
    if rows is None:
        return [f"{'coverage':{LABEL}}{NOT_THERE}"]
    if not rows:
        return [f"{'coverage':{LABEL}}the Digital Library counts no vote of these years"]
    first, *others = rows
    return [
        f"{'coverage':{LABEL}}{in_words(first)} are in this file{';' if others else ''}",
        *(f"{'':{LABEL}}{in_words(row, 'of')}" for row in others),
    ]


def _source_lines(sources: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    heads = ("last asked", "last reached", "last new")
    yield f"{'source':{LABEL}}{'release':22}" + "".join(f"{head:18}" for head in heads)
    for row in sources:
        moments = [row[head.replace(" ", "_")] for head in heads]
        yield f"{row['source']:{LABEL}}{row['release'] or 'none':22}" + "".join(
            f"{_moment(moment):18}" for moment in moments
        )


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "never"


def _doubts_lines(rows: list[dict[str, Any]] | None) -> list[str]:
    if rows is None:
        return [f"{'doubts':{LABEL}}{NOT_THERE}"]
    # Name as many rules as fit on the line.
    for named in range(len(rows), -1, -1):
        said = [f"{row['doubts']:,} {row['rule']}" for row in rows[:named]]
        if others := rows[named:]:
            rules = "another rule" if len(others) == 1 else f"{len(others)} other rules"
            said.append(f"{sum(row['doubts'] for row in others):,} by {rules}")
        total = f"{sum(row['doubts'] for row in rows):,}{': ' if said else ''}"
        line = f"{'doubts':{LABEL}}{total}{'; '.join(said)}"
        if len(line) <= WIDTH:
            break
    return [line]


def _topics_lines(rows: list[dict[str, Any]] | None) -> list[str]:
    """A line on the topics that are right too seldom; none if there are none."""
    named = [
        f"{row['topic']} {row['precision'] or 0:.2f}/{row['recall'] or 0:.2f}" for row in rows or []
    ]
    if not named:
        return []
    return [f"{'topics':{LABEL}}under {LEAST_RIGHT:.2f} (precision/recall): {', '.join(named)}"]


def _ideal_points(said: Mapping[str, Any]) -> str:
    rows: list[dict[str, Any]] | None = said["ideal_points"]
    sample = " --sample" if said["publication"]["synthetic"] else ""
    if not rows:
        return f"none yet: `unga estimate{sample}` makes them" if rows is not None else NOT_THERE
    topics = any(":" in row["series"] and not row["is_current"] for row in rows)
    command = f"`unga estimate{' --topics' if topics else ''}{sample}`"
    by_votes: dict[str, list[str]] = {}
    for row in rows:
        current, through = row["is_current"], f"through {row['data_through']}"
        votes = through if current else f"outdated: {command}"
        by_votes.setdefault(votes, []).append(row["series"])
    # Name as many series as fit on the line.
    for named in range(len(rows), -1, -1):
        shown = {row["series"] for row in rows[:named]}
        line = "; ".join(f"{_some(names, shown)} {votes}" for votes, names in by_votes.items())
        if len(line) <= WIDTH - LABEL:
            break
    return line


def _some(names: list[str], shown: Container[str]) -> str:
    """The names that are shown, and the number of the others."""
    said = [name for name in names if name in shown]
    if others := len(names) - len(said):
        said.append(f"{others} {'other ' if said else ''}series")
    return ", ".join(said)


def _checks(rows: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{row['passed']} of {row['checks']} {row['kind']}" for row in rows) or "none"


def _sessions(rows: list[dict[str, Any]]) -> str:
    counted = Counter(row["status"] for row in rows)
    others = [f"{count} {status}" for status, count in counted.items() if status != "as expected"]
    said = [f"{counted['as expected']} of {len(rows)} as expected", *others]
    return f"{', '.join(said)}: see --sessions"


def _print_decades(console: Console, rows: Iterable[Mapping[str, Any]], sources: list[str]) -> None:
    """A line per decade: roll calls by source, and sessions; in red, years no source has."""
    heads = "".join(f"{source:>8}" for source in sources)
    _say(console, f"{'years':14}{'roll calls':>10}{heads}  sessions", "bold")
    for row in rows:
        counts = [row["roll_calls"].get(source, 0) for source in sources]
        numbers = f"{sum(counts):>10,}" + "".join(f"{count:>8,}" for count in counts)
        years = f"{row['first_year']} to {row['last_year']}"
        line = Text(f"{years:14}{numbers}  {sessions_in_words(row['sessions'])}")
        if row["without_source"]:
            line.append(f"  no source has {years_in_words(row['without_source'])}", "bold red")
        console.print(line, soft_wrap=True)


def _cut(line: str) -> str:
    """A line cut to the width of the screen."""
    flat = " ".join(line.split()) if "\n" in line else line.rstrip()
    return flat if len(flat) <= WIDTH else flat[: WIDTH - 1] + "…"


def _say(console: Console, words: str, style: str = "") -> None:
    console.print(Text(words, style), soft_wrap=True)


def print_tables(console: Console, entries: Iterable[Entry]) -> None:
    """What can be queried: each name with the first sentence of its description."""
    for kind, of_kind in groupby(entries, key=lambda entry: entry.kind == "function"):
        console.print(
            "Functions, called with arguments" if kind else "Tables and views", style="bold"
        )
        table = Table.grid(padding=(0, 2))
        for entry in of_kind:
            table.add_row(Text(entry.name), Text(entry.words.partition(". ")[0].rstrip(".")))
        console.print(table)
        console.print()
    console.print(f"{unga()} describe NAME shows the columns or arguments of one.", style="dim")


def print_described(console: Console, described: Described, sample: bool) -> None:
    """One table, view or function: what it holds, its parts, and a first query."""
    entry = described.entry
    console.print(Text(f"{entry.name}, a {entry.kind}", style="bold"))
    console.print(Text(" ".join(entry.words.split())))
    table = Table.grid(padding=(0, 2))
    for name, kind, words in described.parts:
        table.add_row(Text(name, style="bold"), Text(kind, style="dim"), Text(words))
    console.print(table)
    if entry.example:
        tried = f'\ntry  {_query(sample)} "{entry.example}"'
        console.print(Text(tried, style="dim"), soft_wrap=True)

"""What of the past is kept, and removing the rest: releases, pages of changes, the log of checks.

Belongs here: how much of what a refresh adds each time stays, and which files are too old. Not
here: the published files of before (kept.py), Dagster's records (run/old_runs.py), or what killed
runs leave behind (run/leftovers.py).

Each number is the least that a person goes back to: a source's last releases, since a damaged one
is replaced by the one before; as many runs and pages as a few years of refreshes.
"""

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from orchestration.layout import (
    Layout,
    keep_releases_from_environment,
    keep_runs_from_environment,
)
from orchestration.published.query import QueryError, rows_of
from orchestration.run.check_results import read_log
from orchestration.run.leftovers import BOTH
from orchestration.sources import SOURCES
from orchestration.sources.landing import landed_releases

PAGES = 50


def outdated(layout: Layout) -> list[Path]:
    """The folders of releases and the pages that are beyond what is kept, the oldest first.

    A release that the published file is built from stays, however old; if that can't be read now,
    all releases stay. Raises ValueError for a number in the environment that is none.
    """
    return [path for synthetic in BOTH for path in _outdated(layout, synthetic)]


def remove_outdated(layout: Layout) -> list[Path]:
    """Remove them, and shorten the log of checks; for the lock holder only. Returns what went."""
    gone = outdated(layout)
    for path in gone:
        with suppress(FileNotFoundError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for synthetic in BOTH:
        _shorten(layout.checks_log(synthetic), keep_runs_from_environment())
    return gone


def _outdated(layout: Layout, synthetic: bool) -> list[Path]:
    keep = keep_releases_from_environment()
    found = []
    releases = {name: landed_releases(layout.landing(synthetic), name) for name in SOURCES}
    if any(len(of_source) > keep for of_source in releases.values()):
        with suppress(QueryError):
            used = _used(layout.published(synthetic))
            for name, of_source in releases.items():
                old = of_source[:-keep]
                found += [release.folder for release in old if (name, release.name) not in used]
    pages = sorted(layout.changes(synthetic).glob("*.md"), key=lambda page: page.stat().st_mtime)
    return [*found, *pages[:-PAGES]]


def _used(published: Path) -> set[tuple[str, str]]:
    """Source and release of what the published file is built from; raises QueryError."""
    if not published.exists():
        return set()
    rows = rows_of(published, "select distinct source, release from raw.releases")
    return {(row["source"], row["release"]) for row in rows}


def _shorten(log: Path, runs: int) -> None:
    """Keep the lines of the last runs, in one step."""
    entries = read_log(log)
    ids = list(dict.fromkeys(entry["run_id"] for entry in entries))
    if len(ids) <= runs:
        return
    aside = log.with_name(f".{log.name}.{os.getpid()}")
    try:
        with aside.open("w", encoding="utf-8") as lines:
            for entry in entries:
                if entry["run_id"] in ids[-runs:]:
                    lines.write(json.dumps(entry, ensure_ascii=False) + "\n")
        aside.replace(log)
    finally:
        aside.unlink(missing_ok=True)

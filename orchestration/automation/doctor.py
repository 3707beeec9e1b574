"""What stands in the way of a refresh on this machine, and what to do about it.

Belongs here: one finding per thing that a refresh needs: versions, disk, permissions, clock, lock,
settings, the published file, the sources. Not here: how findings are shown (cli/doctor.py), or the
state of the votes (published/status.py). Nothing is fetched or built; a source's visit is noted.
"""

import difflib
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from orchestration.alerts.causes import AlertError, after_from_environment
from orchestration.alerts.channels import channels_from_environment
from orchestration.automation.updates import updates
from orchestration.layout import ROOT, Layout, refuse_wrong_numbers
from orchestration.published.query import NewerFileError, QueryError, rows_of
from orchestration.published.retention import outdated
from orchestration.run.leftovers import leftovers, size, size_in_words
from orchestration.run.lock import RefreshRefusedError, holder, refuse_what_is_in_the_way
from orchestration.run.postgres import StorageError, storage_setting
from orchestration.sources import SOURCES, Origin, SourceError, landed_releases

# Of the first refresh, with the largest files that the sources serve.
ROOM = 3_000_000_000
MEMORY = 2_000_000_000
# What an unset clock is off by is years; servers and this machine may differ by minutes.
CLOCK_MAY_DIFFER = timedelta(hours=1)
KNOWN = (
    "UNGA_ALERT_AFTER_DAYS",
    "UNGA_ALERT_FROM",
    "UNGA_ALERT_SMTP",
    "UNGA_ALERT_TO",
    "UNGA_ALERT_WEBHOOK",
    "UNGA_ALERT_WEBHOOK_SHAPE",
    "UNGA_ALERT_WEBHOOK_TOKEN",
    "UNGA_DAGSTER_POSTGRES",
    "UNGA_DATAVERSE",
    "UNGA_KEEP",
    "UNGA_KEEP_RELEASES",
    "UNGA_KEEP_RUNS",
    "UNGA_MIRROR",
    "UNGA_UNXML",
    "UNGA_WAREHOUSE",
)
# Set by a refresh for dbt, and read by tests.
OF_OURS = (
    "UNGA_DAGSTER_POSTGRES_URL",
    "UNGA_DATABASE",
    "UNGA_REFRESHES",
    "UNGA_REHEARSAL",
    "UNGA_RUN_ID",
    "UNGA_SYNTHETIC",
    "UNGA_WHOLE_REFRESHES",
    "UNGA_YEARS",
)
ALL = (*KNOWN, *OF_OURS)


class Level(StrEnum):
    """How bad a finding is: a fault keeps a refresh from succeeding."""

    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and what to do; '' if there is nothing to do."""

    what: str
    level: Level
    says: str
    do: str = ""


def examine(layout: Layout, origin: Origin, offline: bool = False) -> Iterator[Finding]:
    """Every finding, in the order in which a refresh would meet them; `offline` asks no source."""
    yield _python()
    yield _packages()
    yield from _settings()
    yield _folder(layout)
    yield _room(layout)
    yield _memory()
    try:
        yield _clock(layout)
        yield _lock(layout)
        yield _leftovers(layout)
    except SourceError as wrong:
        yield Finding("landing", Level.FAULT, str(wrong))
    yield _published(layout)
    if not offline:
        yield _record()
        yield from _sources(layout, origin)


def _python() -> Finding:
    found = platform.python_version()
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        return Finding("Python", Level.GOOD, found)
    return Finding(
        "Python", Level.FAULT, found, "Python 3.11, 3.12 or 3.13 is needed: make setup PYTHON=..."
    )


def _packages() -> Finding:
    """Whether each locked package that this machine needs is installed in that version."""
    differing, locked = [], 0
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        wanted = line.partition(" #")[0].strip()
        if not wanted or wanted[0] in "#-":
            continue
        needed = Requirement(wanted)
        if needed.marker and not needed.marker.evaluate():
            continue
        locked += 1
        try:
            found = metadata.version(needed.name)
        except metadata.PackageNotFoundError:
            differing.append(f"{needed.name} is missing")
            continue
        if not needed.specifier.contains(found, prereleases=True):
            differing.append(f"{needed.name} {found}, locked {needed.specifier}")
    if not differing:
        return Finding("packages", Level.GOOD, f"{locked} as locked")
    more = f" and {len(differing) - 3} more" if len(differing) > 3 else ""
    return Finding(
        "packages",
        Level.WARNING,
        f"{'; '.join(differing[:3])}{more}",
        "Remove .venv and run make setup, or install from requirements.lock.",
    )


def _settings() -> Iterator[Finding]:
    """Misspelt names, and values that a refresh, an alert or the service would refuse."""
    wrong = []
    for read in (refuse_wrong_numbers, channels_from_environment, after_from_environment):
        try:
            read()
        except (ValueError, AlertError) as refused:
            wrong.append(Finding("settings", Level.FAULT, *_split(str(refused))))
    for name in sorted({name for name in os.environ if name.startswith("UNGA_")} - set(ALL)):
        near = difflib.get_close_matches(name, KNOWN, n=1)
        meant = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(KNOWN)}."
        wrong.append(Finding("settings", Level.WARNING, f"nothing reads {name}", meant))
    if wrong:
        yield from wrong
    else:
        names = [name for name in KNOWN if os.environ.get(name)]
        yield Finding("settings", Level.GOOD, ", ".join(names) or "none set")


def _record() -> Finding:
    """Whether Dagster's record can be kept where it should be."""
    try:
        setting = storage_setting()
    except StorageError as wrong:
        return Finding("Dagster's record", Level.FAULT, *_split(str(wrong)))
    return Finding("Dagster's record", Level.GOOD, "PostgreSQL" if setting else "SQLite")


def _folder(layout: Layout) -> Finding:
    """Whether files can be made, linked and replaced in the warehouse, as publication does.

    Before there is a warehouse, in the folder in which it will be made.
    """
    there = _nearest(layout.folder)
    try:
        refuse_what_is_in_the_way(layout)
        with tempfile.TemporaryDirectory(dir=there, prefix=".doctor-") as folder:
            made, link = Path(folder) / "made", Path(folder) / "link"
            made.write_bytes(b"1")
            try:
                os.link(made, link)
            except OSError:
                return Finding(
                    "folder",
                    Level.WARNING,
                    f"{layout.folder} is on a file system without hard links",
                    "Kept files are copies there: each takes the room of a published file.",
                )
            made.replace(link)
    except RefreshRefusedError as wrong:
        return Finding("folder", Level.FAULT, *_split(str(wrong)))
    except OSError as wrong:
        return Finding(
            "folder",
            Level.FAULT,
            f"{wrong.filename or layout.folder}: {wrong.strerror or wrong}",
            "Give this user the right to write there, or set UNGA_WAREHOUSE to another folder.",
        )
    return Finding("folder", Level.GOOD, str(layout.folder))


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _room(layout: Layout) -> Finding:
    free = shutil.disk_usage(_nearest(layout.folder)).free
    published = layout.published(synthetic=False)
    # The build, and DuckDB's own files beside it.
    needed = max(ROOM, 3 * published.stat().st_size) if published.is_file() else ROOM
    if free >= needed:
        return Finding("disk", Level.GOOD, f"{size_in_words(free)} free")
    return Finding(
        "disk",
        Level.FAULT,
        f"{size_in_words(free)} free, and a refresh may need {size_in_words(needed)}",
        "Make room; `unga clean --dry-run` shows what the warehouse itself can spare.",
    )


def _memory() -> Finding:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
        free = kilobytes["MemAvailable"] * 1024
    except (OSError, KeyError, ValueError, IndexError):
        return Finding("memory", Level.GOOD, "not known on this system")
    if free >= MEMORY:
        return Finding("memory", Level.GOOD, f"{size_in_words(free)} available")
    return Finding(
        "memory",
        Level.WARNING,
        f"{size_in_words(free)} available, and a refresh needs up to {size_in_words(MEMORY)}",
        "Close other programs, or the system may kill the refresh.",
    )


def _clock(layout: Layout) -> Finding:
    """Whether anything was landed or published later than now."""
    now = datetime.now(UTC).replace(tzinfo=None)
    stamps = [
        release.landed_at
        for name in SOURCES
        for release in landed_releases(layout.landing(synthetic=False), name)
    ]
    try:
        rows = rows_of(layout.published(False), "select published_at from marts.publication")
        stamps += [row["published_at"] for row in rows]
    except QueryError:  # told on its own
        pass
    latest = max(stamps, default=now)
    if latest <= now + CLOCK_MAY_DIFFER:
        return Finding("clock", Level.GOOD, f"{now:%Y-%m-%d %H:%M} UTC")
    return Finding(
        "clock",
        Level.FAULT,
        f"the clock says {now:%Y-%m-%d %H:%M} UTC, but a file is dated {latest:%Y-%m-%d %H:%M}",
        "Set this machine's clock: the order of releases and the age of the file follow it.",
    )


def _lock(layout: Layout) -> Finding:
    by = holder(layout)
    if not by:
        return Finding("lock", Level.GOOD, "free")
    return Finding(
        "lock", Level.WARNING, f"held by {by}", "A refresh starts when that one has ended."
    )


def _leftovers(layout: Layout) -> Finding:
    try:
        found = [*leftovers(layout), *outdated(layout)]
    except ValueError:  # told with the settings
        found = []
    if not found or holder(layout):
        return Finding("leftovers", Level.GOOD, "none")
    total = size_in_words(sum(size(path) for path in found))
    return Finding(
        "leftovers", Level.GOOD, f"{total}, which the next refresh removes", "Or `unga clean`."
    )


def _published(layout: Layout) -> Finding:
    file = layout.published(synthetic=False)
    if not file.exists():
        return Finding("published", Level.WARNING, "nothing yet", "Run `unga refresh`.")
    try:
        (row,) = rows_of(file, "select * from marts.publication")
    except NewerFileError as wrong:
        return Finding("published", Level.FAULT, str(wrong))
    except QueryError as wrong:
        return Finding(
            "published",
            Level.FAULT,
            str(wrong),
            "`unga rollback` puts the file before it back; `unga refresh --force` builds it anew.",
        )
    return Finding("published", Level.GOOD, f"{row['published_at']} UTC, `unga status` has more")


def _sources(layout: Layout, origin: Origin) -> Iterator[Finding]:
    try:
        outcomes = updates(layout, origin.to_probe()).outcomes
    except (QueryError, SourceError, OSError) as wrong:
        yield Finding("sources", Level.FAULT, str(wrong))
        return
    for name, landed in outcomes.items():
        faults = (*landed.not_in_reach, *landed.refused)
        if faults:
            yield Finding(name, Level.WARNING, "; ".join(map(str, faults)), landed.note)
        else:
            yield Finding(name, Level.GOOD, landed.words())


def _split(message: str) -> tuple[str, str]:
    """What is wrong and what to do, of a message that says both around a colon."""
    wrong, _, do = message.rpartition(": ")
    return (wrong, do[:1].upper() + do[1:]) if wrong else (message, "")

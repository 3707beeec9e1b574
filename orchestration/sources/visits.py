"""Visits: what is remembered about a source between runs, in the landing's visits.json.

Belongs here: when a source was asked, reached and new, what came of each file, and each file's
size, time and tags, so that an unchanged one is recognized at once. Not here: asking
(single_file.py, unxml.py), or the releases themselves (landing.py).
"""

import json
import logging
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from orchestration.sources.release import FileOutcome, Outcome, Release

VISITS = "visits.json"
# The prefix of a landed release's outcome, before its name: no file name begins so.
RELEASE = "release "


@dataclass(frozen=True)
class Seen:
    """What a file looked like when it was last read, and its outcome.

    `parser` is the version of the parser: another version may read what this one refused.
    """

    outcome: Outcome
    reason: str = ""
    sha256: str | None = None
    size: int | None = None
    mtime_ns: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    parser: int = 0


@dataclass(frozen=True)
class Visit:
    """The last visit to a source; times in UTC, without a zone, None for never.

    `seen` has every file ever read, by address.
    """

    last_asked: datetime | None = None
    last_reached: datetime | None = None
    last_new: datetime | None = None
    files: tuple[FileOutcome, ...] = ()
    note: str = ""
    seen: Mapping[str, Seen] = field(default_factory=dict)


def read_visit(landing: Path, source: str) -> Visit:
    """What is remembered about a source; an empty visit if nothing is or it can't be read."""
    path = landing / source / VISITS
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        times = {
            name: datetime.fromisoformat(said[name]) if said[name] else None
            for name in ("last_asked", "last_reached", "last_new")
        }
        return Visit(
            **times,
            files=tuple(
                FileOutcome(file["name"], Outcome(file["outcome"]), file["reason"])
                for file in said["files"]
            ),
            note=said["note"],
            seen={
                address: Seen(**(seen | {"outcome": Outcome(seen["outcome"])}))
                for address, seen in said["seen"].items()
            },
        )
    except FileNotFoundError:
        return Visit()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        logging.getLogger(__name__).warning("%s can't be read: %s", path, error)
        return Visit()


def write_visit(landing: Path, source: str, visit: Visit) -> None:
    """Save a visit atomically. Raises OSError if the landing can't be written to."""
    folder = landing / source
    folder.mkdir(parents=True, exist_ok=True)
    written = asdict(visit) | {
        name: time.isoformat() if (time := getattr(visit, name)) else None
        for name in ("last_asked", "last_reached", "last_new")
    }
    handle, name = tempfile.mkstemp(prefix=f".{VISITS}-", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(written, stream, indent=2, ensure_ascii=False)
    Path(name).chmod(0o644)
    Path(name).replace(folder / VISITS)


def after(
    before: Visit,
    files: Iterable[FileOutcome],
    note: str,
    seen: Mapping[str, Seen],
    is_new: bool,
    kept: Iterable[FileOutcome] = (),
) -> Visit:
    """The visit after another: asked now, reached if anything answered.

    `kept` are outcomes of the last visit that still hold, of files not asked for this time.
    """
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    files = tuple(files)
    reached = any(file.outcome is not Outcome.NOT_IN_REACH for file in files)
    return replace(
        before,
        last_asked=now,
        last_reached=now if reached else before.last_reached,
        last_new=now if is_new else before.last_new,
        files=(*files, *kept),
        note=note,
        seen={**before.seen, **seen},
    )


def still_open(visit: Visit) -> list[FileOutcome]:
    """The outcomes of a visit that hold until their file is asked for again.

    That is every file that was refused, out of reach, or found to be new and not fetched.
    """
    # A visit at that very moment landed what it calls new.
    landed = visit.last_new is not None and visit.last_new == visit.last_asked
    done = {Outcome.UNCHANGED, *([Outcome.NEW] if landed else [])}
    return [file for file in visit.files if file.outcome not in done]


def refused_release(release: Release, reason: object) -> FileOutcome:
    """The outcome of a landed release that can't be read any more."""
    return FileOutcome(f"{RELEASE}{release.name}", Outcome.REFUSED, str(reason))


def tell_refused_releases(landing: Path, source: str, refused: Iterable[FileOutcome]) -> None:
    """Record in the last visit which landed releases can't be read, replacing the earlier record.

    Raises OSError if the landing can't be written to.
    """
    before = read_visit(landing, source)
    others = (file for file in before.files if not file.name.startswith(RELEASE))
    visit = replace(before, files=(*others, *refused))
    if visit != before:
        write_visit(landing, source, visit)

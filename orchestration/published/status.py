"""The state of a published file and its sources, and the verdict on both.

Belongs here: reading a published file's own tables, the last visits to the sources and the log of
checks, and judging from them whether the file is fresh. Not here: how any of it is laid out on a
terminal (cli/terminal.py), asking a source for something newer (automation/updates.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from orchestration.layout import Layout, code_version
from orchestration.published.coverage import COUNTED_YEARS, covered
from orchestration.published.kept import newer_kept
from orchestration.published.query import QueryError, rows_if_there, rows_of
from orchestration.published.study import configured_study
from orchestration.run.check_results import blocking_of_last_run
from orchestration.run.leftovers import size, size_in_words, unpublished_builds
from orchestration.run.lock import is_held
from orchestration.sources import (
    SOURCES,
    FileOutcome,
    Outcome,
    Visit,
    landed_releases,
    read_visit,
    refused_release,
)

# The sources change once a year; a year and a grace period without a build is a failure.
STALE_AFTER = timedelta(days=400)
LATE_AFTER = timedelta(days=375)

# Statuses of a session whose number of roll calls nobody has reviewed.
NEVER_REVIEWED = ("not reviewed", "unexpected")

SOURCES_USED = """
    select
        source, release, max(release_date) as release_date, count(*) as files,
        sum(size)::bigint as bytes
    from raw.releases group by source, release order by all
"""
USED_BY_SOURCE = """
    select source, count(*) as roll_calls from marts.dim_roll_calls group by all order by all
"""
FOUND_BY_SOURCE = """
    select source, sum(found_roll_calls)::integer as found, sum(votes_cast)::integer as votes_found
    from marts.completeness group by all order by all
"""
CHECKS = """
    select kind, count(*) filter (passed) as passed, count(*) as checks
    from marts.checks_log group by all order by all
"""
COMPLETENESS = """
    select
        source, session, expected_roll_calls, expected_rule, found_roll_calls, status, votes_cast,
        first_vote, last_vote, gap_reason
    from marts.completeness order by all
"""
GAPS = "select distinct source, session, reason from seeds.known_gaps order by all"
DOUBTS = """
    select rule, count(*) as doubts from marts.doubts group by rule order by doubts desc, rule
"""
LEAST_RIGHT = 0.90
TOPICS = f"""
    select topic, precision, recall from marts.topics_measured
    where scheme = 'study' and period = 'all years' and topic <> 'other'
        and least(precision, recall) < {LEAST_RIGHT}
    order by least(precision, recall)
"""
IDEAL_POINTS = """
    select series, data_through, is_current, converged from marts.ideal_points_run
    order by contains(series, ':'), series
"""
CHANGES = "select what, count from marts.changes"
DECADES = """
    select
        year - year % 10 as decade,
        source,
        count(*) as roll_calls,
        list(distinct year) as years,
        list(distinct session) as sessions
    from marts.dim_roll_calls group by all order by all
"""
MARTS = """
    select
        (select count(*) from marts.freshness) as marts,
        (select count(*) from marts.fct_votes) as fct_votes
"""
UNREVIEWED = f"""
    select source, session, found_roll_calls from marts.completeness
    where status in {NEVER_REVIEWED} order by all
"""


class Health(StrEnum):
    """Whether users can rely on the published file as it is."""

    FRESH = "fresh"
    SOURCE_AT_FAULT = "fresh, but"
    STALE = "stale"
    BUILD_REFUSED = "last build refused"
    UNREADABLE = "nothing published or unreadable"

    @property
    def exit_status(self) -> int:
        """What `unga status` ends with."""
        return _EXIT_STATUS[self]


_EXIT_STATUS = {
    Health.FRESH: 0,
    Health.UNREADABLE: 1,
    Health.SOURCE_AT_FAULT: 3,
    Health.STALE: 4,
    Health.BUILD_REFUSED: 5,
}


@dataclass(frozen=True)
class Verdict:
    """The state of the published file, and the one line that says so."""

    health: Health
    line: str


def facts(layout: Layout, synthetic: bool) -> dict[str, Any]:
    """Everything that `unga status` prints, as plain values, with the verdict and its exit status.

    `doubts`, `coverage`, `topics` (those of the study that are right less often than LEAST_RIGHT)
    and `ideal_points` are None if the file was published by a version without them.
    Raises QueryError if nothing is published or the file can't be read.
    """
    file = layout.published(synthetic)
    (publication,) = rows_of(file, "select * from marts.publication")
    visits = visits_to(layout, synthetic=synthetic)
    run_id, blocking = blocking_of_last_run(layout.checks_log(synthetic))
    refused = [result.line() for result in blocking]
    unpublished = unpublished_files(layout, synthetic, visits, publication["published_at"])
    kept = kept_builds(layout)
    unreviewed = _unreviewed(layout, synthetic, run_id if blocking else "")
    verdict = judge(
        publication, visits, refused, unpublished, datetime.now(UTC).replace(tzinfo=None)
    )
    used = rows_of(file, SOURCES_USED)
    return {
        "verdict": {
            "health": verdict.health,
            "line": verdict.line,
            "exit_status": verdict.health.exit_status,
        },
        "file": str(file),
        "publication": publication,
        "sources": [_source(name, used, visit) for name, visit in visits.items()],
        "doubts": rows_if_there(file, "marts.doubts", DOUBTS),
        "coverage": coverage(file),
        "topics": rows_if_there(file, "marts.topics_measured", TOPICS),
        "ideal_points": rows_if_there(file, "marts.ideal_points_run", IDEAL_POINTS),
        "checks": rows_of(file, CHECKS),
        "freshness": rows_of(file, "select * from marts.freshness order by mart"),
        "completeness": rows_of(file, COMPLETENESS),
        "gaps": rows_of(file, GAPS),
        "refused": refused,
        "refused_run": run_id if blocking else None,
        "unreviewed": unreviewed,
        "unpublished_builds": kept,
        "needs_a_person": [
            *asks_to_return(layout, synthetic),
            *_files_at_fault(visits),
            *(asks_for_review(row, synthetic) for row in unreviewed),
            *(f"refused: {line}" for line in refused),
            *_undl_to_download(used, publication, synthetic),
            *_other_code(publication),
            *asks_to_clean(kept),
        ],
    }


def unreadable(layout: Layout, synthetic: bool, why: str) -> dict[str, Any]:
    """What `unga status` prints if there is no file to read."""
    run_id, blocking = blocking_of_last_run(layout.checks_log(synthetic))
    health, kept = Health.UNREADABLE, kept_builds(layout)
    unreviewed = _unreviewed(layout, synthetic, run_id) if blocking else []
    return {
        "verdict": {"health": health, "line": why, "exit_status": health.exit_status},
        "file": str(layout.published(synthetic)),
        "refused": [result.line() for result in blocking],
        "refused_run": run_id if blocking else None,
        "unreviewed": unreviewed,
        "unpublished_builds": kept,
        "needs_a_person": [
            *(asks_for_review(row, synthetic) for row in unreviewed),
            *asks_to_clean(kept),
        ],
    }


def judge(
    publication: dict[str, Any],
    visits: dict[str, Visit],
    refused: list[str],
    unpublished: dict[str, list[str]],
    at: datetime,
) -> Verdict:
    """The verdict on a published file, the most serious that applies.

    `refused` is what kept the last build from publication, `unpublished` the files by source that
    the published file does not include, `at` the current time in UTC, without a zone. The sample is
    never too old: its Assembly no longer meets.
    """
    published, through = publication["published_at"], publication["data_through"]
    if refused:
        more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
        return Verdict(
            Health.BUILD_REFUSED,
            f"last build refused, that of {published:%Y-%m-%d} is served: {refused[0]}{more}",
        )
    if unpublished:
        has = "; ".join(f"{name} has {', '.join(files)}" for name, files in unpublished.items())
        return Verdict(Health.STALE, f"stale: no vote newer than {through}, although {has}")
    if not publication["synthetic"] and at - published > STALE_AFTER:
        return Verdict(
            Health.STALE,
            f"stale: the last build is of {published:%Y-%m-%d}, more than {STALE_AFTER.days} days "
            "ago",
        )
    faults: dict[str, list[str]] = {}
    for name, visit in visits.items():
        for words in _faults(visit):
            faults.setdefault(words, []).append(name)
    if faults:
        told = "; ".join(f"{', '.join(names)} {words}" for words, names in faults.items())
        return Verdict(Health.SOURCE_AT_FAULT, f"fresh, but {told}")
    return Verdict(
        Health.FRESH, f"fresh: votes through {through}, published on {published:%Y-%m-%d}"
    )


def _faults(visit: Visit) -> list[str]:
    """What went wrong when a source was last asked, as the predicate of a sentence about it."""
    said = []
    if refused := _of_kind(visit, Outcome.REFUSED):
        said.append(f"refused {', '.join(file.name for file in refused)}")
    if out := _of_kind(visit, Outcome.NOT_IN_REACH):
        names = ", ".join(file.name for file in out)
        said.append(f"without {names}" if answered(visit) else f"not reached {since(visit)}")
    return said


def answered(visit: Visit) -> bool:
    """Whether a source answered at all when last asked; some files may be out of reach."""
    return any(file.outcome is not Outcome.NOT_IN_REACH for file in visit.files)


def since(visit: Visit) -> str:
    """Since when a source has been out of reach: since 2026-01-15, or so far."""
    return f"since {visit.last_reached:%Y-%m-%d}" if visit.last_reached else "so far"


def _of_kind(visit: Visit, outcome: Outcome) -> list[FileOutcome]:
    return [file for file in visit.files if file.outcome is outcome]


def visits_to(
    layout: Layout, sources: Iterable[str] = (), synthetic: bool = False
) -> dict[str, Visit]:
    """The last visit to each of some sources, or to all."""
    return {name: read_visit(layout.landing(synthetic), name) for name in sources or SOURCES}


def has_ended(visit: Visit, outcome: Outcome) -> bool:
    """Whether any file of a visit had this outcome."""
    return bool(_of_kind(visit, outcome))


def unpublished_files(
    layout: Layout, synthetic: bool, visits: dict[str, Visit], published_at: datetime
) -> dict[str, list[str]]:
    """By source, the files that were landed or seen and are not in the published file.

    None while a refresh is running, which is about to publish them.
    """
    inside = releases_in(layout.published(synthetic))
    found: dict[str, list[str]] = {}
    for name, visit in visits.items():
        newest = landed_releases(layout.landing(synthetic), name)[-1:]
        passed_over = {file.name for file in _of_kind(visit, Outcome.REFUSED)}
        files = [
            file.name
            for release in newest
            if refused_release(release, "").name not in passed_over
            for file in release.files
            if (name, file.sha256) not in inside
        ]
        if not files and visit.last_asked and visit.last_asked > published_at:
            files = [file.name for file in _of_kind(visit, Outcome.NEW)]
        if files:
            found[name] = files
    if found:
        return {} if is_held(layout) else found
    return found


def _unreviewed(layout: Layout, synthetic: bool, refused_run: str) -> list[dict[str, Any]]:
    """The sessions that nobody has reviewed, of the refused build if there is one."""
    built = layout.build_file(refused_run, synthetic)
    file = built if refused_run and built.exists() else layout.published(synthetic)
    try:
        return rows_if_there(file, "marts.completeness", UNREVIEWED) or []
    except QueryError:  # there is no file, or none that can be read
        return []


def unreviewed_in_last_build(layout: Layout, synthetic: bool) -> list[dict[str, Any]]:
    """The unreviewed sessions for which the last build was refused; none if it was not."""
    run_id, blocking = blocking_of_last_run(layout.checks_log(synthetic))
    return _unreviewed(layout, synthetic, run_id) if blocking else []


def asks_for_review(row: dict[str, Any], synthetic: bool) -> str:
    """The command that records a review of an unreviewed session."""
    write = "--to-seed --sample" if synthetic else "--write"
    return (
        f"never reviewed: unga review --source {row['source']} --session {row['session']} {write} "
        f"({row['found_roll_calls']} roll calls found)"
    )


def _files_at_fault(visits: dict[str, Visit]) -> list[str]:
    """Each refused file and each source that could not be reached, with the reason."""
    said = []
    for name, visit in visits.items():
        for file in _of_kind(visit, Outcome.REFUSED):
            said.append(f"{name} refused {file.name}: {file.reason}")
        if out := _of_kind(visit, Outcome.NOT_IN_REACH):
            more = f" (and {len(out) - 1} more)" if len(out) > 1 else ""
            said.append(f"{name} not reached: {out[0].reason or out[0].name}{more}")
    return said


def _other_code(publication: dict[str, Any]) -> list[str]:
    """A line if the project has changed since the file was built: its tables may change too."""
    if publication["code_version"] == code_version():
        return []
    sample = "sample" if publication["synthetic"] else "refresh"
    return [f"built by another version of the code or the seeds: unga {sample} builds again"]


def kept_builds(layout: Layout) -> dict[str, int]:
    """The folders of builds that were not published, with their bytes; none while one is made."""
    if is_held(layout):
        return {}
    return {str(folder): size(folder) for folder in unpublished_builds(layout)}


def asks_to_clean(kept: Mapping[str, int]) -> list[str]:
    """A line on each build kept for inspection, which takes disk space until the next run."""
    return [
        f"{size_in_words(bytes_)} kept of a build that was not published "
        f"(`unga clean` removes it): {folder}"
        for folder, bytes_ in kept.items()
    ]


def asks_to_return(layout: Layout, synthetic: bool) -> list[str]:
    """A line if an older build was put back, with how to return to the newer one."""
    newer = newer_kept(layout, synthetic)
    if newer is None:
        return []
    command = f"unga rollback {newer.run_id[:8]}{' --sample' if synthetic else ''}"
    return [f"an older build was put back: `{command}` returns to that of {newer.published_at}"]


def _undl_to_download(
    used: list[dict[str, Any]], publication: dict[str, Any], synthetic: bool
) -> list[str]:
    """A line if a file of the Digital Library should be downloaded, which programs may not do."""
    if synthetic:
        return []
    url, place = SOURCES["undl"].source.url, "the landing's folder undl"
    files = [row for row in used if row["source"] == "undl"]
    if not files:
        return [f"undl is not in this file: download it from {url} into {place}"]
    reaches = max((row["release_date"] for row in files if row["release_date"]), default=None)
    through = publication["data_through"]
    if reaches and through and reaches < through:
        return [f"undl ends on {reaches}, votes on {through}: see {url}"]
    return []


def _source(name: str, used: list[dict[str, Any]], visit: Visit) -> dict[str, Any]:
    """A source as in the file, and its state when last asked."""
    inside = next((row for row in used if row["source"] == name), {})
    return {
        "source": name,
        "release": inside.get("release"),
        "release_date": inside.get("release_date"),
        "files": inside.get("files", 0),
        "bytes": inside.get("bytes", 0),
        "last_asked": visit.last_asked,
        "last_reached": visit.last_reached,
        "last_new": visit.last_new,
        "last_visit": [
            {"file": file.name, "outcome": str(file.outcome), "reason": file.reason}
            for file in visit.files
        ],
    }


def coverage(file: Path) -> list[dict[str, Any]] | None:
    """How many of the votes that the Library counts are in the file: of the study's years, of all.

    None if the file has no such table; no row for years of which the Library counts none.
    """
    study = configured_study()
    periods = [(study.year_from, study.year_to), (1946, 9999)]
    found = []
    for first, last in periods:
        rows = rows_if_there(file, "marts.coverage", covered(first, last))
        if rows is None:
            return None
        found += rows
    return found


def decades(file: Path) -> list[dict[str, Any]]:
    """Each decade from 1946 on: sessions, roll calls by source, years with votes and none found.

    The sample has some years only: just its decades are listed, and no year is missing.
    """
    (publication,) = rows_of(file, "select synthetic, data_through from marts.publication")
    through = publication["data_through"].year if publication["data_through"] else 1945
    counted = [row["year"] for row in rows_if_there(file, "marts.coverage", COUNTED_YEARS) or []]
    # Within the years that the Library counts, one of which it counts nothing lacks nothing: 1964.
    empty = set(range(counted[0], counted[-1] + 1)) - set(counted) if counted else set()
    by_decade: dict[int, list[dict[str, Any]]] = {}
    for row in rows_of(file, DECADES):
        by_decade.setdefault(row["decade"], []).append(row)
    found = []
    for decade in range(1940, through + 1, 10):
        rows = by_decade.get(decade, [])
        years = range(max(decade, 1946), min(decade + 9, through) + 1)
        with_votes = {year for row in rows for year in row["years"]}
        found.append(
            {
                "first_year": years[0],
                "last_year": years[-1],
                "sessions": sorted({session for row in rows for session in row["sessions"]}),
                "roll_calls": {row["source"]: row["roll_calls"] for row in rows},
                "without_source": sorted(set(years) - with_votes - empty),
            }
        )
    if publication["synthetic"]:
        found = [row | {"without_source": []} for row in found if row["roll_calls"]]
    return found


def summary(layout: Layout, synthetic: bool) -> dict[str, Any]:
    """The summary of a file that was just published, and of what was made with it."""
    file = layout.published(synthetic)
    (publication,) = rows_of(file, "select * from marts.publication")
    beside = {"data docs": layout.data_docs / "index.html"}
    for page in layout.changes(synthetic).glob(f"*-{publication['run_id']}.md"):
        beside["what changed"] = page
    if not synthetic:
        beside |= {
            "report": layout.reports(synthetic) / "index.html",
            "explorer": layout.explorer(synthetic) / "index.html",
            "exports": layout.exports(synthetic),
        }
    return {
        "file": str(file),
        "beside": {label: str(place) for label, place in beside.items() if place.exists()},
        "publication": publication,
        "sources": rows_of(file, SOURCES_USED),
        "found": rows_of(file, FOUND_BY_SOURCE),
        "used": rows_of(file, USED_BY_SOURCE),
        "decades": decades(file),
        "coverage": coverage(file),
        "doubts": rows_if_there(file, "marts.doubts", DOUBTS),
        "checks": rows_of(file, CHECKS),
        "marts": rows_of(file, MARTS),
        "changes": rows_of(file, CHANGES),
    }


def releases_in(file: Path) -> set[tuple[str, str]]:
    """Source and hash of every file that a published file was built from; empty if none is."""
    if not file.exists():
        return set()
    found = rows_of(file, "select source, sha256 from raw.releases")
    return {(row["source"], row["sha256"]) for row in found}


def code_in(file: Path) -> str:
    """The code version that made a published file."""
    (row,) = rows_of(file, "select code_version from marts.publication")
    return str(row["code_version"])

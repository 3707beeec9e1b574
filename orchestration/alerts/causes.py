"""The causes of alerts that can be read from a warehouse.

Belongs here: which findings of the status are worth an alert, how long each may last before, and
the words for a failed run. Not here: the findings themselves (published/status.py), or finding
failed runs (automation/alerts.py, cli/refresh.py).
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration.layout import Layout
from orchestration.published.kept import kept_files
from orchestration.published.query import QueryError, rows_if_there, rows_of
from orchestration.published.status import (
    DOUBTS,
    STALE_AFTER,
    answered,
    has_ended,
    since,
    unpublished_files,
    visits_to,
)
from orchestration.run.check_results import blocking_of_last_run
from orchestration.run.lock import is_held
from orchestration.sources import Outcome, SourceError, Visit

AFTER = "UNGA_ALERT_AFTER_DAYS"
# What may pass by itself: a server that is down, a file that is being replaced.
UNREACHED_FOR = timedelta(days=7)
UNREADABLE_FOR = timedelta(days=1)

# Keys of causes begin so: a failed run, what is read here, and what the published file tells.
RUN, STATE, FILE = "run:", "state:", "file:"
# A refresh that failed before it came to a run.
ASK = "ask:refresh"


class AlertError(Exception):
    """An alert can't be set up or delivered; the message is for the user and has no secret."""


@dataclass(frozen=True)
class Cause:
    """One thing that needs a person: a key that stays the same while it lasts, and words.

    `after` is how long it may last before anyone is told, `run_id` the run that it is about, `at`
    when that ended, in UTC.
    """

    key: str
    says: str
    after: timedelta = timedelta()
    run_id: str = ""
    at: str = ""


def failed_run(job: str, run_id: str, why: str, at: str = "") -> Cause:
    """The cause that the last run of a job failed; it is over when a later one succeeds."""
    named = {"refresh": "The refresh", "estimate": "The estimation of ideal points"}
    says = _failed(named.get(job, f"The job {job}"), why)
    return Cause(f"{RUN}{job}", says, run_id=run_id, at=at)


def failed_to_ask(why: str) -> Cause:
    """The cause that a refresh failed before its run; it is over when one asks without error."""
    return Cause(ASK, _failed("The refresh", why))


def _failed(what: str, why: str) -> str:
    said = f": {why.rstrip('.')}" if why else "; no reason was recorded"
    return f"{what} failed{said}."


def after_from_environment() -> timedelta:
    """How long a source may have votes that are not published: UNGA_ALERT_AFTER_DAYS, else 2.

    Raises AlertError for anything but a whole number.
    """
    named = os.environ.get(AFTER) or "2"
    if not named.isdecimal():
        raise AlertError(f"{AFTER}={named}: give a whole number of days.")
    return timedelta(days=int(named))


def with_state(
    layout: Layout, failed: Sequence[Cause], about: Sequence[str]
) -> tuple[list[Cause], tuple[str, ...]]:
    """Failed runs and what is wrong with the warehouse besides, and what was looked at for that.

    Nothing is looked at while a refresh is under way: what it is about to publish is neither
    missing nor stale. A failed run whose build was refused is told as that only. Raises AlertError
    if UNGA_ALERT_AFTER_DAYS is no number.
    """
    if is_held(layout):
        return list(failed), tuple(about)
    state, looked_at = causes_of(layout)
    told = {cause.run_id for cause in state if cause.run_id}
    return [*(cause for cause in failed if cause.run_id not in told), *state], (*about, *looked_at)


def causes_of(layout: Layout) -> tuple[list[Cause], tuple[str, ...]]:
    """What is wrong with a warehouse now, as `unga status` would say it, and what was looked at.

    That is how keys of causes begin: none in the published file is over because the file can't be
    read. Raises AlertError if UNGA_ALERT_AFTER_DAYS is no number.
    """
    after = after_from_environment()
    found: list[Cause] = []
    run_id, blocking = blocking_of_last_run(layout.checks_log(synthetic=False))
    if blocking:
        more = f" and {len(blocking) - 1} more" if len(blocking) > 1 else ""
        says = f"The last build was refused: {blocking[0].line()}{more}."
        found.append(Cause(f"{STATE}refused build", says, run_id=run_id))
    visits = visits_to(layout)
    found += _at_fault(visits)
    file = layout.published(synthetic=False)
    try:
        (publication,) = rows_of(file, "select * from marts.publication")
        found += _of_age(layout, visits, publication, after)
        found += _more_doubts(layout, publication)
    except QueryError as unreadable:
        found.append(Cause(f"{STATE}unreadable", str(unreadable), UNREADABLE_FOR))
        return found, (STATE,)
    except SourceError as newer:  # a newer version of the project landed a release
        found.append(Cause(f"{STATE}landing", str(newer)))
        return found, (STATE,)
    return found, (STATE, FILE)


def _at_fault(visits: dict[str, Visit]) -> Iterator[Cause]:
    """Each refused file, and each source that does not answer."""
    for name, visit in visits.items():
        for file in visit.files:
            if file.outcome is Outcome.REFUSED:
                says = f"{name} refused {file.name}: {file.reason}"
                yield Cause(f"{STATE}refused {name} {file.name}", says)
        if has_ended(visit, Outcome.NOT_IN_REACH) and not answered(visit):
            says = f"{name} can't be reached, {since(visit)}."
            yield Cause(f"{STATE}not reached {name}", says, UNREACHED_FOR)


def _of_age(
    layout: Layout, visits: dict[str, Visit], publication: dict[str, Any], after: timedelta
) -> Iterator[Cause]:
    """Votes that a source has and the published file has not, and a file that nobody renews."""
    published, through = publication["published_at"], publication["data_through"]
    for name, files in unpublished_files(layout, False, visits, published).items():
        says = (
            f"{name} has {', '.join(files)}, which {'are' if len(files) > 1 else 'is'} not "
            f"published; the published votes end on {through}."
        )
        yield Cause(f"{FILE}not published {name}", says, after)
    if datetime.now(UTC).replace(tzinfo=None) - published > STALE_AFTER:
        says = (
            f"The published file is stale: the last build is of {published:%Y-%m-%d}, more than "
            f"{STALE_AFTER.days} days ago."
        )
        yield Cause(f"{FILE}stale", says)


def _more_doubts(layout: Layout, publication: dict[str, Any]) -> Iterator[Cause]:
    """Rules that doubt more of the published file than of the build before it, if that is kept."""
    older = [
        kept
        for kept in kept_files(layout, synthetic=False)
        if kept.published_at < publication["published_at"]
    ]
    if not older:
        return
    now, before = (
        {row["rule"]: row["doubts"] for row in rows_if_there(file, "marts.doubts", DOUBTS) or []}
        for file in (layout.published(synthetic=False), older[0].file)
    )
    risen = [
        f"{rule}: {count:,}, before {before.get(rule, 0):,}"
        for rule, count in now.items()
        if count > before.get(rule, 0)
    ]
    if risen:
        says = (
            f"The build of {publication['published_at']:%Y-%m-%d} has more doubts than that of "
            f"{older[0].published_at:%Y-%m-%d}: {'; '.join(risen)}. See marts.doubts."
        )
        yield Cause(f"{FILE}doubts", says)

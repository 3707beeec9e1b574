"""The causes of alerts that can be read from a warehouse.

Belongs here: which findings of the status are worth an alert, how long each may last before, and
the words for a failed run. Not here: the findings themselves (published/status.py), or finding
failed runs (automation/alerts.py, cli/refresh.py).
"""

import os
from collections.abc import Iterator
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
from orchestration.sources import Outcome, Visit

AFTER = "UNGA_ALERT_AFTER_DAYS"
# What may pass by itself: a server that is down, a file that is being replaced.
UNREACHED_FOR = timedelta(days=7)
UNREADABLE_FOR = timedelta(days=1)

# Keys of causes begin so: a failed run, and what is read here.
RUN, STATE = "run:", "state:"


class AlertError(Exception):
    """An alert can't be set up or delivered; the message is for the user and has no secret."""


@dataclass(frozen=True)
class Cause:
    """One thing that needs a person: a key that stays the same while it lasts, and words.

    `after` is how long it may last before anyone is told, `run_id` the run that it is about.
    """

    key: str
    says: str
    after: timedelta = timedelta()
    run_id: str = ""


def failed_run(job: str, run_id: str, why: str) -> Cause:
    """The cause that the last run of a job failed; it is over when a later one succeeds."""
    named = {"refresh": "The refresh", "estimate": "The estimation of ideal points"}
    what = named.get(job, f"The job {job}")
    says = f"{what} failed: {why or 'it says no reason'}".rstrip(".") + "."
    return Cause(f"{RUN}{job}", says, run_id=run_id)


def without_refused_build(failed: list[Cause], state: list[Cause]) -> list[Cause]:
    """The failed runs without the one whose build was refused, which the state tells already."""
    told = {cause.run_id for cause in state if cause.run_id}
    return [cause for cause in failed if cause.run_id not in told]


def after_from_environment() -> timedelta:
    """How long a source may have votes that are not published: UNGA_ALERT_AFTER_DAYS, else 2.

    Raises AlertError for anything but a whole number.
    """
    named = os.environ.get(AFTER) or "2"
    if not named.isdecimal():
        raise AlertError(f"{AFTER}={named}: give a whole number of days.")
    return timedelta(days=int(named))


def causes_of(layout: Layout) -> list[Cause]:
    """What is wrong with a warehouse now, as `unga status` would say it.

    Raises AlertError if UNGA_ALERT_AFTER_DAYS is no number.
    """
    after = after_from_environment()
    found = []
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
    return found


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
        says = f"No vote newer than {through} is published, although {name} has {', '.join(files)}."
        yield Cause(f"{STATE}not published {name}", says, after)
    if datetime.now(UTC).replace(tzinfo=None) - published > STALE_AFTER:
        says = (
            f"The published file is stale: the last build is of {published:%Y-%m-%d}, more than "
            f"{STALE_AFTER.days} days ago."
        )
        yield Cause(f"{STATE}stale", says)


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
        yield Cause(f"{STATE}doubts", says)

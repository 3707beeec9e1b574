"""Updates: whether the sources have anything newer than the published file.

Belongs here: asking the sources between refreshes, and comparing what has landed with what the
published file was built from. Not here: building (assets/), or when to ask (schedules.py).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from orchestration.layout import Layout
from orchestration.published.status import releases_in
from orchestration.sources import SOURCES, Landed, Origin, Outcome, landed_releases


@dataclass(frozen=True)
class Updates:
    """The updates in plain words, and the outcome of each source asked."""

    newer: list[str]
    outcomes: dict[str, Landed]


def updates(
    layout: Layout,
    origin: Origin,
    fetch: Sequence[str] = (),
    sessions: Sequence[str] = (),
    land: bool = False,
) -> Updates:
    """Ask the sources in `fetch` (or all), then compare what has landed with what is published.

    They are only probed, by names, sizes and conditional requests, and what a refresh would fetch
    counts as newer; with `land`, what is new is fetched and landed at once. A source that is not in
    reach has nothing newer. Raises LandingError if the landing can't be written to, SourceError for
    a session that can't be one.
    """
    landing = layout.landing(synthetic=False)
    asked = sessions or None
    names = list(fetch or SOURCES)
    if land:
        outcomes = {name: SOURCES[name].land(landing, origin, asked) for name in names}
    else:
        # In parallel: silent sources one after another would take longer than Dagster allows a
        # sensor or a schedule.
        with ThreadPoolExecutor() as pool:
            probed = pool.map(lambda name: SOURCES[name].probe(landing, origin, asked), names)
            outcomes = dict(zip(names, probed, strict=True))
    published = releases_in(layout.published(synthetic=False))
    newer = []
    for name in SOURCES:
        if not land and name in outcomes:
            files = [file.name for file in outcomes[name].files if file.outcome is Outcome.NEW]
            if files:
                newer.append(f"{name}: {', '.join(files)}")
                continue
        for release in landed_releases(landing, name)[-1:]:
            files = [file.name for file in release.files if (name, file.sha256) not in published]
            if files:
                newer.append(f"{name} {release.name}: {', '.join(files)}")
    return Updates(newer, outcomes)


def in_words(outcomes: dict[str, Landed]) -> str:
    """What was refused or not in reach, in one line; empty if nothing was."""
    return " ".join(
        f"{name} {file}."
        for name, landed in outcomes.items()
        for file in (*landed.refused, *landed.not_in_reach)
    )

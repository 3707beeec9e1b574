"""Whether anything is newer than what is published.

Belongs here: asking the sources between refreshes, and comparing what is landed with what the
published file was built from. Not here: building (assets/), or when to ask (schedules.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from orchestration.layout import Layout
from orchestration.sources import SOURCES, Origin, SourceError, landed_releases
from orchestration.status import releases_in


@dataclass(frozen=True)
class News:
    """What is landed and not published, and what was refused, each in words."""

    newer: list[str]
    refused: list[str]


def news(
    layout: Layout,
    mirror: str,
    fetch: Sequence[str] = (),
    sessions: Sequence[str] = (),
) -> News:
    """Ask the sources in `fetch` (or all), then compare what is landed with what is published.

    Asking is cheap, by conditional requests; what is newer is landed at once. A source that is not
    in reach has no news.
    """
    landing = layout.landing(synthetic=False)
    newer, refused = [], []
    for name in fetch or SOURCES:
        try:
            SOURCES[name].land(landing, Origin(mirror or None), sessions or None)
        except SourceError as wrong:
            refused.append(f"{name}: {wrong}")
    published = releases_in(layout.published(synthetic=False))
    for name in SOURCES:
        for release in landed_releases(landing, name)[-1:]:
            files = [file.name for file in release.files if (name, file.sha256) not in published]
            if files:
                newer.append(f"{name} {release.name}: {', '.join(files)}")
    return News(newer, refused)

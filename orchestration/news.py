"""Whether anything is newer than what is published.

Belongs here: asking the sources between refreshes, and comparing what is landed with what the
published file was built from. Not here: building (assets/), or when to ask (schedules.py).
"""

from collections.abc import Callable, Sequence

from orchestration.layout import Layout
from orchestration.report import releases_in
from orchestration.sources import SOURCES, Origin, SourceError, landed_releases
from orchestration.sources.base import quiet


def news(
    layout: Layout,
    mirror: str,
    fetch: Sequence[str] = (),
    sessions: Sequence[str] = (),
    log: Callable[[str], object] = quiet,
) -> list[str]:
    """What is landed and not published, in words; the sources in `fetch` (or all) are asked first.

    Asking is cheap, by conditional requests; what is newer is landed at once. A source that is not
    in reach or refused has no news.
    """
    landing = layout.landing(synthetic=False)
    for name in fetch or SOURCES:
        try:
            SOURCES[name].land(landing, Origin(mirror or None), sessions or None, log)
        except SourceError as refused:
            log(f"{name}: {refused}")
    published = releases_in(layout.published(synthetic=False))
    said = []
    for name in SOURCES:
        for release in landed_releases(landing, name)[-1:]:
            newer = [file.name for file in release.files if (name, file.sha256) not in published]
            if newer:
                said.append(f"{name} {release.name}: {', '.join(newer)}")
    return said

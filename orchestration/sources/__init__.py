"""The sources of votes: each finds its newest release, fetches, verifies, lands and parses it.

Belongs here: what the rest of the project uses of the sources. Not here: how any of it is done.
"""

from typing import cast

from orchestration.sources import undl, unxml, voeten
from orchestration.sources.base import (
    Landed,
    LandedFile,
    NotInReachError,
    Origin,
    Parsed,
    Patience,
    Release,
    Repair,
    Source,
    SourceError,
    SourceModule,
)
from orchestration.sources.landing import dropped_files, landed_releases

# In order of precedence.
SOURCES: dict[str, SourceModule] = {
    it.source.name: it for it in cast(list[SourceModule], [undl, unxml, voeten])
}

__all__ = [
    "SOURCES",
    "Landed",
    "LandedFile",
    "NotInReachError",
    "Origin",
    "Parsed",
    "Patience",
    "Release",
    "Repair",
    "Source",
    "SourceError",
    "SourceModule",
    "dropped_files",
    "landed_releases",
]

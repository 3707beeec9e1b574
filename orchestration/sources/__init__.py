"""The sources of votes: each finds its newest release, fetches, verifies, lands and parses it.

Belongs here: what the rest of the project uses of the sources. Not here: how any of it is done.
"""

from orchestration.sources.landing import dropped_files, landed_releases
from orchestration.sources.parsed import ParsedFiles, parsed_files
from orchestration.sources.release import (
    Correction,
    FileOutcome,
    Landed,
    LandedFile,
    LandingError,
    NotInReachError,
    Origin,
    Outcome,
    Parsed,
    Release,
    RetryPolicy,
    Source,
    SourceError,
    SourceModule,
    dataverse_from_environment,
    unxml_from_environment,
)
from orchestration.sources.sessions import in_order
from orchestration.sources.undl import Undl
from orchestration.sources.unxml import Unxml
from orchestration.sources.visits import (
    Visit,
    read_visit,
    refused_release,
    tell_refused_releases,
)
from orchestration.sources.voeten import Voeten

# In order of precedence.
SOURCES: dict[str, SourceModule] = {one.source.name: one for one in (Undl(), Unxml(), Voeten())}

__all__ = [
    "SOURCES",
    "Correction",
    "FileOutcome",
    "Landed",
    "LandedFile",
    "LandingError",
    "NotInReachError",
    "Origin",
    "Outcome",
    "Parsed",
    "ParsedFiles",
    "Release",
    "RetryPolicy",
    "Source",
    "SourceError",
    "SourceModule",
    "Visit",
    "dataverse_from_environment",
    "dropped_files",
    "in_order",
    "landed_releases",
    "parsed_files",
    "read_visit",
    "refused_release",
    "tell_refused_releases",
    "unxml_from_environment",
]

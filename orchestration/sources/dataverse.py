"""Harvard Dataverse: the versions of a dataset, and the file of each that has the votes.

Belongs here: the lists of Dataverse's API. Not here: what is in the files (voeten.py).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from orchestration.sources.http import Client
from orchestration.sources.release import NotInReachError

RELEASED = "RELEASED"


@dataclass(frozen=True)
class ListedFile:
    """A file in Dataverse's list; size and MD5 only where they describe the served file."""

    id: int
    name: str
    converted: bool
    restricted: bool
    size: int | None
    md5: str | None

    def url(self, base: str) -> str:
        """Where the file is served as it was deposited."""
        # Only a file that Dataverse converted has a separate original.
        return f"{base}/api/access/datafile/{self.id}" + (
            "?format=original" if self.converted else ""
        )


@dataclass(frozen=True)
class Version:
    """A released version of a dataset: 'v33', or 'v33.1'."""

    name: str
    files: tuple[ListedFile, ...]

    def votes(self, stem: str, suffixes: Sequence[str]) -> ListedFile | None:
        """The file whose name begins with `stem`, in its first format; None if there is none."""
        named = [file for file in self.files if file.name.lower().startswith(stem)]
        readable = [file for file in named if file.name.lower().endswith(tuple(suffixes))]
        chosen = readable or named
        return min(
            chosen,
            key=lambda file: (_rank(file.name, suffixes), len(file.name), file.name),
            default=None,
        )


def versions(client: Client, base: str, doi: str) -> list[Version]:
    """The released versions, newest first. Raises NotInReachError if there is no such list."""
    address = f"{base}/api/datasets/:persistentId/versions?persistentId={doi}"
    answer = client.read_json(address)
    try:
        listed = [
            (
                int(version["versionNumber"]),
                int(version.get("versionMinorNumber") or 0),
                tuple(_listed(file) for file in version.get("files") or ()),
            )
            for version in answer["data"]
            if version.get("versionState", RELEASED) == RELEASED
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotInReachError(
            f"{address}: not a list of a dataset's versions ({error!r})"
        ) from error
    if not listed:
        raise NotInReachError(f"{address}: a list without any released version")
    return [
        Version(f"v{major}" + (f".{minor}" if minor else ""), files)
        for major, minor, files in sorted(listed, key=lambda version: version[:2], reverse=True)
    ]


def md5(path: Path) -> str:
    """The hash that Dataverse states: against accidents, not against malice."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _listed(entry: dict[str, Any]) -> ListedFile:
    given = entry["dataFile"]
    converted = "originalFileFormat" in given
    name = PurePosixPath(str(given["filename"])).name
    if converted:
        csv = str(given["originalFileFormat"]).startswith("text/csv")
        name = PurePosixPath(
            str(
                given.get("originalFileName")
                or PurePosixPath(name).stem + (".csv" if csv else ".RData")
            )
        ).name
    return ListedFile(
        id=int(given["id"]),
        name=name,
        converted=converted,
        restricted=bool(entry.get("restricted")),
        size=given.get("originalFileSize" if converted else "filesize"),
        # Of a converted file the list states the MD5 of the conversion.
        md5=None if converted else given.get("md5"),
    )


def _rank(name: str, suffixes: Sequence[str]) -> int:
    return next(
        (nth for nth, suffix in enumerate(suffixes) if name.lower().endswith(suffix)),
        len(suffixes),
    )

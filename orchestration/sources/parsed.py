"""A release's tables as Parquet, parsed once: in the folder `parsed` of the release.

Belongs here: writing what parsing yields, telling whether it is intact and of the current parser,
and parsing again if not. Not here: parsing (each source), or the tables in DuckDB (assets/raw.py).
"""

import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.sources.landing import Landing, check_whole
from orchestration.sources.release import Correction, Parsed, Release, SourceError, SourceModule

FOLDER = "parsed"
MANIFEST = "parsed.json"


@dataclass(frozen=True)
class ParsedFiles:
    """A release's raw tables as Parquet files, by table name, and what was corrected."""

    tables: dict[str, Path]
    corrections: list[Correction]


def write_parsed(release: Release, parsed: Parsed, parser: int) -> None:
    """Write a release's tables into its folder, replacing those of another parser version.

    Raises SourceError if parsing yielded what the declaration of a table does not allow.
    """
    # Slow to import, and a probe does not need it.
    from dataframely.exc import SchemaError, ValidationError

    from orchestration.sources.schemas import SCHEMAS, ddl

    with tempfile.TemporaryDirectory(
        prefix=".parsing-", dir=release.folder, ignore_cleanup_errors=True
    ) as folder:
        made = Path(folder)
        tables = {}
        for name, rows in parsed.tables.items():
            try:
                SCHEMAS[name].validate(rows)
            except (ValidationError, SchemaError) as error:
                raise SourceError(
                    f"{release.source} {release.name}: the parser made rows of {name} that are not "
                    f"allowed there ({error}). This is a fault of the program, not of the file."
                ) from error
            path = made / f"{name}.parquet"
            rows.write_parquet(path)
            tables[name] = {
                "rows": rows.height,
                "columns": ddl(name),
                "sha256": _hash(path),
            }
        said = {
            "parser": parser,
            "tables": tables,
            "corrections": [asdict(correction) for correction in parsed.corrections],
        }
        text = json.dumps(said, indent=2, ensure_ascii=False)
        (made / MANIFEST).write_text(text, encoding="utf-8")
        made.chmod(0o755)
        shutil.rmtree(release.folder / FOLDER, ignore_errors=True)
        made.rename(release.folder / FOLDER)


def parsed_files(source: SourceModule, landing: Path, release: Release) -> ParsedFiles:
    """The Parquet files of a landed release, parsed again if missing, damaged or outdated.

    Raises SourceError if the kept files are not those that landed or can't be read whole.
    """
    check_whole(release)
    found = _read(release, source.parser)
    if found is None:
        with Landing(landing, release.source).locked():
            write_parsed(release, source.parse(release), source.parser)
        found = _read(release, source.parser)
    if found is None:
        raise SourceError(f"{release.folder / FOLDER}: written, and can't be read back.")
    return found


def _read(release: Release, parser: int) -> ParsedFiles | None:
    """What the folder has, if it is intact, of this parser and with the current columns."""
    from orchestration.sources.schemas import RAW_TABLES, ddl

    folder = release.folder / FOLDER
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        tables = {name: folder / f"{name}.parquet" for name in said["tables"]}
        whole = (
            said["parser"] == parser
            and tables.keys() == RAW_TABLES[release.source].keys()
            and all(said["tables"][name]["columns"] == ddl(name) for name in tables)
            and all(_hash(path) == said["tables"][name]["sha256"] for name, path in tables.items())
        )
        corrections = [Correction(**correction) for correction in said["corrections"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return ParsedFiles(tables, corrections) if whole else None


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

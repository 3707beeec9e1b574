"""A folder of exported files, written beside and put in place as a whole.

Belongs here: the order of writing, progress, and replacing what was there. Not here: rows
(tables.py), formats (formats.py), or the descriptions (package.py).
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.published.citation import Reference, data_version, references
from orchestration.published.exports.formats import (
    FORMATS,
    ROWS_IN_MEMORY,
    WHOLE,
    Described,
    write,
)
from orchestration.published.exports.package import (
    DESCRIPTION,
    DESCRIPTIONS,
    PACKAGES,
    About,
    Written,
    describe_package,
)
from orchestration.published.exports.tables import (
    FILES,
    Asked,
    ExportError,
    File,
    Tables,
    refuse_unknown,
)
from orchestration.published.public import NOT_PUBLIC, LeftOut, make_public
from orchestration.published.query import attach, rows_of
from orchestration.run.leftovers import UNFINISHED

# As in a build: beyond this DuckDB spills to disk, beside the files.
MEMORY = "800MB"

# Told before each file: its name, how many are done, and how many there are.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Exported:
    """What is in the folder now, and what a public export left out; None if it is not one."""

    folder: Path
    files: tuple[Path, ...]
    left_out: LeftOut | None

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.stat().st_size for file in self.files)


def export(
    published: Path,
    folder: Path,
    files: Sequence[str] = (),
    asked: Asked | None = None,
    formats: Sequence[str] = (),
    public: bool = False,
    tell: Tell | None = None,
) -> Exported:
    """Write files of a published file into a folder, in place of those of the last export there.

    `files` are names of FILES, all if none is given; `formats` of FORMATS, else each file's usual
    ones. All is written into a folder beside and moved once it is complete, the data package last:
    until then the folder stays as it was, whatever happens. Files that are not of an export stay.
    Raises ExportError for unknown names, for a folder with such files under the names of an
    export's descriptions, or if another export is being written there, QueryError if the published
    file can't be read, OSError if the folder can't be written.
    """
    refuse_unknown("file", files, FILES)
    refuse_unknown("format", formats, FORMATS)
    files, formats = tuple(dict.fromkeys(files)), tuple(dict.fromkeys(formats))
    _refuse_foreign(folder)
    asked = asked or Asked()
    works = tuple(references(published, without=NOT_PUBLIC if public else ()))
    (publication,) = rows_of(published, "select * from marts.publication")
    with _unfinished(folder) as beside:
        try:
            written, left_out = _write(
                published, beside, files, asked, formats, public, tell, works, publication
            )
        except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as wrong:
            said = " ".join(str(wrong).split())
            raise OSError(
                f"The export can't be written, and {folder} stays as it was: {said}"
            ) from None
        try:
            return Exported(folder, tuple(_place(beside, folder, written)), left_out)
        except OSError as wrong:
            raise OSError(
                f"The export is written, but not all of it could be moved into {folder}: {wrong}. "
                "Remove what is in the way, and export again."
            ) from None


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """The folder to write in, held as long as this process writes, and removed in the end."""
    beside = folder / UNFINISHED
    created = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    beside.mkdir(parents=True, exist_ok=True)
    held = os.open(beside, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportError(
                f"Another export is being written to {folder}: wait until it ends."
            ) from None
        for left in beside.iterdir():  # by an export that was killed
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        try:
            yield beside
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            for empty in created:
                with suppress(OSError):
                    empty.rmdir()
    finally:
        os.close(held)


def _write(
    published: Path,
    beside: Path,
    files: Sequence[str],
    asked: Asked,
    formats: Sequence[str],
    public: bool,
    tell: Tell | None,
    works: tuple[Reference, ...],
    publication: Mapping[str, Any],
) -> tuple[list[Path], LeftOut | None]:
    """Write all files and the descriptions; their paths within the folder, these last."""
    scratch = beside / "scratch"
    scratch.mkdir()
    with duckdb.connect(
        config={"memory_limit": MEMORY, "temp_directory": str(scratch / "spilled")}
    ) as connection:
        connection.execute("set enable_progress_bar = false")
        attach(connection, published, "unga")
        quoted = str(scratch / "scratch.duckdb").replace("'", "''")
        connection.execute(f"attach '{quoted}' as scratch; use unga")
        left_out = make_public(connection) if public else None
        tables = Tables(connection, "scratch", asked, public)
        written = []
        parts = [
            part
            for name in files or FILES
            for part in _parts(tables, FILES[name], formats or FILES[name].usual)
        ]
        for done, part in enumerate(parts):
            if tell:
                tell(part.path, done, len(parts))
            written.append(_write_part(connection, part, beside))
        if tell:
            tell(DESCRIPTION, len(parts), len(parts))
        first, last, through = tables.span()
    descriptions = describe_package(
        beside,
        written,
        About(
            works=works,
            tables=tuple(dict.fromkeys(one.file.name for one in written)),
            version=data_version({**publication, "data_through": through}),
            published_at=publication["published_at"].isoformat(),
            through=str(through),
            first_year=first,
            last_year=last,
            synthetic=publication["synthetic"],
            asked=tables.asked,
            left_out=left_out,
            has_ideal_points=tables.has_ideal_points,
        ),
    )
    shutil.rmtree(scratch)
    return [*(Path(one.path) for one in written), *descriptions], left_out


@dataclass(frozen=True)
class Part:
    """One file on disk: all rows of a table, or those of some years."""

    file: File
    form: str
    path: str
    sql: str
    described: Described


def _parts(tables: Tables, file: File, formats: Sequence[str]) -> Iterator[Part]:
    """The files on disk for one table, each with its query."""
    sql, described = tables.sql(file), tables.described(file)
    ordered = f" order by {file.order}" if file.order else ""
    packed = ".gz" if file.is_long else ""
    for form in formats:
        ending = f"{form}{packed}" if form == "csv" else form
        if file.name == "pairs":
            for scheme, decade in tables.connection.execute(
                f"select distinct scheme, year // 10 * 10 from ({sql}) order by all"
            ).fetchall():
                where = f"scheme = '{scheme}' and year between {decade} and {decade + 9}"
                part = f"select * from ({sql}) where {where}"
                spans = _years(tables, part) if form in WHOLE else [("", "true")]
                for name, span in spans:
                    yield Part(
                        file,
                        form,
                        f"pairs/scheme={scheme}/decade={decade}/pairs{name}.{ending}",
                        f"select * from ({part}) where {span}{ordered}",
                        described,
                    )
        elif form in WHOLE and file.is_long:
            for name, where in _years(tables, sql):
                yield Part(
                    file,
                    form,
                    f"{file.name}{name}.{ending}",
                    f"select * from ({sql}) where {where}{ordered}",
                    described,
                )
        else:
            yield Part(file, form, f"{file.name}.{ending}", f"{sql}{ordered}", described)


def _years(tables: Tables, sql: str) -> Iterator[tuple[str, str]]:
    """The years of each part of a long table, as an addition to its name and as a condition.

    One part if the rows fit; else one a decade, or a year for decades that do not fit.
    """
    counts = dict(
        tables.connection.execute(
            f"select year, count(*) from ({sql}) group by year order by year"
        ).fetchall()
    )
    if sum(counts.values()) <= ROWS_IN_MEMORY:
        yield "", "true"
        return
    for decade in sorted({year // 10 * 10 for year in counts}):
        years = [year for year in counts if year // 10 * 10 == decade]
        if sum(counts[year] for year in years) <= ROWS_IN_MEMORY:
            yield f"_{decade}_{decade + 9}", f"year between {decade} and {decade + 9}"
        else:
            for year in years:
                yield f"_{year}", f"year = {year}"


def _write_part(connection: duckdb.DuckDBPyConnection, part: Part, beside: Path) -> Written:
    write(connection, part.sql, part.described, part.form, beside / part.path)
    return Written(part.file, part.form, part.path, part.described)


def _place(beside: Path, folder: Path, written: Sequence[Path]) -> Iterator[Path]:
    """Move files into the folder, in their order, and remove those of the last export there."""
    before = _listed(folder / DESCRIPTION)
    for path in written:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        (beside / path).replace(target)
        yield target
    for path in before - set(written):
        with suppress(OSError):
            (folder / path).unlink()
        for parent in path.parents:
            with suppress(OSError):
                (folder / parent).rmdir()


def _refuse_foreign(folder: Path) -> None:
    """Raise ExportError if files of a person, or of another program, would be replaced."""
    if not _package(folder / DESCRIPTION) and (
        foreign := [name for name in DESCRIPTIONS if (folder / name).exists()]
    ):
        raise ExportError(
            f"{folder} has files that are not of an export ({', '.join(foreign)}), which would be "
            "replaced: name another folder."
        )


def _package(description: Path) -> dict[str, Any]:
    """The data package of an export; empty if there is none, or one of another kind."""
    try:
        package: dict[str, Any] = json.loads(description.read_text(encoding="utf-8"))
        return package if package["name"] in PACKAGES else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _listed(description: Path) -> set[Path]:
    """The files within its folder that the data package of an export lists; else none."""
    try:
        paths = {Path(resource["path"]) for resource in _package(description)["resources"]}
    except (KeyError, TypeError):
        return set()
    return {path for path in paths if not path.is_absolute() and ".." not in path.parts}

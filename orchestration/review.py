"""Reviews: how many roll calls a session of a source should have, as a person has looked at it.

Belongs here: finding what the newest build counted, and reading and writing reviewed numbers, those
of this warehouse (reviews.csv) and those of the project (the seed). Not here: comparing all of a
build with them (the model completeness), or the command's words (cli.py).
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestration.layout import DBT_PROJECT, Layout
from orchestration.query import QueryError, rows_of

SEED = DBT_PROJECT / "seeds" / "completeness" / "expected_roll_calls.csv"
COLUMNS = (
    "source",
    "session",
    "roll_calls",
    "rule",
    "counted_through",
    "reviewed_on",
    "note",
)


class ReviewError(Exception):
    """A review that can't be made, in words for the person who makes it."""


@dataclass(frozen=True)
class Found:
    """What the newest build has of a session: its roll calls, and the day of the last of them."""

    roll_calls: int
    through: date | None


@dataclass(frozen=True)
class Reviewed:
    """A reviewed number as its file has it, and whose it is: this warehouse's or the project's."""

    row: dict[str, str]
    own: bool


def found(layout: Layout, source: str, session: str, synthetic: bool) -> Found:
    """What the newest build found, refused or published. Raises ReviewError if none has it."""
    name = Layout.database_name(synthetic)
    sql = (
        "select found_roll_calls, last_vote from marts.completeness where (source, session) = "
        f"({_literal(source)}, {_literal(session)})"
    )
    for file in [*layout.build.glob(f"*/{name}"), layout.published(synthetic)]:
        try:
            rows = rows_of(file, sql)
        except QueryError:  # a build that was refused before it got so far
            continue
        if rows:
            return Found(int(rows[0]["found_roll_calls"]), rows[0]["last_vote"])
    raise ReviewError(f"No build has a session {session} of {source}: run `unga refresh` first.")


def reviewed(layout: Layout, source: str, session: str, synthetic: bool) -> Reviewed | None:
    """The number that holds: this warehouse's own, else the seed's; None if there is neither."""
    key = {"source": source, "session": session}
    for row in _read(layout.reviews(synthetic)):
        if key.items() <= row.items():
            return Reviewed(row, own=True)
    for row in _read(SEED):
        if (key | {"assembly": _assembly(synthetic)}).items() <= row.items():
            return Reviewed(row, own=False)
    return None


def write_own(
    layout: Layout, source: str, session: str, counted: Found, note: str, synthetic: bool
) -> Path:
    """Keep what was found as the reviewed number in this warehouse; returns the file."""
    file = layout.reviews(synthetic)
    file.parent.mkdir(parents=True, exist_ok=True)
    before = reviewed(layout, source, session, synthetic)
    row = _row(source, session, counted, note, before.row if before else {})
    _replace(file, COLUMNS, _read(file), row, ("source", "session"))
    return file


def write_seed(
    layout: Layout, source: str, session: str, counted: Found, note: str, synthetic: bool
) -> Path:
    """Write what was found into the project's seed, for whoever maintains it; returns the file."""
    rows, columns = _read(SEED), _columns(SEED)
    key = {"assembly": _assembly(synthetic), "source": source, "session": session}
    before = next((row for row in rows if key.items() <= row.items()), {})
    own = reviewed(layout, source, session, synthetic)
    row = key | _row(source, session, counted, note, (own.row if own else {}) | before)
    _replace(SEED, columns, rows, row, tuple(key))
    return SEED


def is_changed(layout: Layout, published: Path) -> bool:
    """Whether this warehouse's reviews are others than those the published file was built with."""
    now = {_key_of(row) for row in _read(layout.reviews(synthetic=False))}
    there = rows_of(
        published,
        "select true from information_schema.tables "
        "where table_schema = 'raw' and table_name = 'reviews'",
    )
    built = rows_of(published, f"select {', '.join(COLUMNS)} from raw.reviews") if there else []
    return now != {_key_of({name: _text(value) for name, value in row.items()}) for row in built}


def _row(
    source: str, session: str, counted: Found, note: str, before: dict[str, str]
) -> dict[str, str]:
    """A reviewed number; its rule and note stay as they were unless another note is given."""
    return {
        "source": source,
        "session": session,
        "roll_calls": str(counted.roll_calls),
        "rule": before.get("rule") or "exact",
        "counted_through": _text(counted.through),
        "reviewed_on": str(date.today()),
        "note": note or before.get("note") or "",
    }


def _replace(
    file: Path,
    columns: Sequence[str],
    rows: list[dict[str, str]],
    row: dict[str, str],
    key: tuple[str, ...],
) -> None:
    """Write the rows with one in the place of that of the same key, or after all others.

    The file is written beside and moved in whole.
    """
    place = [[other[name] for name in key] for other in rows]
    wanted = [row[name] for name in key]
    if wanted in place:
        rows[place.index(wanted)] = row
    else:
        rows.append(row)
    beside = file.with_name(f".{file.name}")
    with beside.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    beside.replace(file)


def _columns(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as text:
        return next(csv.reader(text))


def _read(file: Path) -> list[dict[str, str]]:
    """The rows of a file of reviews; none if there is no file. Raises ReviewError if it is none."""
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text, strict=True)
        try:
            rows = list(reader)
        except (csv.Error, UnicodeDecodeError) as wrong:
            raise ReviewError(f"{file}: line {reader.line_num}: {wrong}") from None
    if lacking := set(COLUMNS) - {"counted_through"} - set(reader.fieldnames or []):
        raise ReviewError(f"{file}: missing columns: {', '.join(sorted(lacking))}")
    return rows


def _key_of(row: dict[str, str]) -> tuple[str, ...]:
    return tuple((row.get(name) or "").strip() for name in COLUMNS)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _assembly(synthetic: bool) -> str:
    return "synthetic" if synthetic else "real"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""Reviews: how many roll calls a session of a source should have, as reviewed by a person.

Belongs here: finding what the newest build counted, and writing reviewed numbers, those of this
warehouse (reviews.csv) and those of the project (the seed). Not here: reading reviews.csv strictly
(sources/reviews.py), comparing a whole build with them (the model completeness), or the command's
words (cli/review.py).
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.layout import DBT_PROJECT, Layout
from orchestration.published.query import QueryError, rows_of
from orchestration.sources.reviews import columns, read_reviews

SEED = DBT_PROJECT / "seeds" / "completeness" / "expected_roll_calls.csv"


class ReviewError(Exception):
    """A review that can't be made; the message is for the user."""


@dataclass(frozen=True)
class Found:
    """What the newest build has of a session: its number of roll calls and the last day."""

    roll_calls: int
    through: date | None


@dataclass(frozen=True)
class Reviewed:
    """A reviewed number, its rule, last day and note, of this warehouse (`own`) or of the seed."""

    roll_calls: int
    rule: str
    through: str
    note: str
    own: bool


def found(layout: Layout, source: str, session: str, synthetic: bool) -> Found:
    """What the newest build found, refused or published. Raises ReviewError if none has it."""
    builds = [layout.build_file(run.name, synthetic) for run in layout.build.glob("*/")]
    sql = (
        "select found_roll_calls, last_vote from marts.completeness where (source, session) = "
        f"({_literal(source)}, {_literal(session)})"
    )
    for file in [*filter(Path.exists, builds), layout.published(synthetic)]:
        try:
            rows = rows_of(file, sql)
        except QueryError:  # a build that was refused before this mart
            continue
        if rows:
            return Found(int(rows[0]["found_roll_calls"]), rows[0]["last_vote"])
    raise ReviewError(f"No build has a session {session} of {source}: run `unga refresh` first.")


def reviewed(layout: Layout, source: str, session: str, synthetic: bool) -> Reviewed | None:
    """The number in force: this warehouse's own, else the seed's; None if there is neither.

    The sample has the seed's alone. Raises ReviewError for a reviews.csv that can't be read.
    """
    for row in [] if synthetic else _own(layout):
        if (row["source"], row["session"]) == (source, session):
            texts = {name: _text(value) for name, value in row.items()}
            return _reviewed(texts, own=True)
    for row in _seed_rows():
        if _is_of(row, source, session, synthetic):
            return _reviewed(row, own=False)
    return None


def write_own(layout: Layout, source: str, session: str, counted: Found, note: str) -> bool:
    """Save the found number as reviewed, in this warehouse's reviews.csv; whether it changes.

    Raises ReviewError for a reviews.csv that can't be read, which stays as it is.
    """
    before = reviewed(layout, source, session, False)
    row = _row(source, session, counted, note, before)
    if before and before == _reviewed(row, before.own):
        return False
    own = [{name: _text(value) for name, value in given.items()} for given in _own(layout)]
    _write(layout.reviews, columns(), own, row, ("source", "session"))
    return True


def write_seed(
    layout: Layout, source: str, session: str, counted: Found, note: str, synthetic: bool
) -> bool:
    """Write the found number into the project's seed, for its maintainers; whether it changes."""
    row = _row(source, session, counted, note, reviewed(layout, source, session, synthetic))
    row["assembly"] = _assembly(synthetic)
    before = [one for one in _seed_rows() if _is_of(one, source, session, synthetic)]
    if [_reviewed(one, own=False) for one in before] == [_reviewed(row, own=False)]:
        return False
    with SEED.open(encoding="utf-8", newline="") as text:
        in_order = next(csv.reader(text))
    _write(SEED, in_order, _seed_rows(), row, ("assembly", "source", "session"))
    return True


def is_changed(layout: Layout, published: Path) -> bool:
    """Whether this warehouse's reviews differ from those the published file was built with.

    Raises ReviewError for a reviews.csv that can't be read.
    """
    there = rows_of(
        published,
        "select true from information_schema.tables "
        "where table_schema = 'raw' and table_name = 'reviews'",
    )
    built = rows_of(published, "from raw.reviews") if there else []

    def comparable(rows: list[dict[str, Any]]) -> set[tuple[tuple[str, str], ...]]:
        return {tuple(sorted((name, _text(value)) for name, value in row.items())) for row in rows}

    return comparable(_own(layout)) != comparable(built)


def _own(layout: Layout) -> list[dict[str, Any]]:
    try:
        return read_reviews(layout.reviews)
    except ValueError as wrong:
        raise ReviewError(str(wrong)) from None


def _seed_rows() -> list[dict[str, str]]:
    with SEED.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _reviewed(row: dict[str, str], own: bool) -> Reviewed:
    """A row of either file, without the day on which it was written."""
    return Reviewed(
        int(row["roll_calls"]), row["rule"], row["counted_through"], row["note"], own=own
    )


def _is_of(row: dict[str, str], source: str, session: str, synthetic: bool) -> bool:
    key = (row["assembly"], row["source"], row["session"])
    return key == (_assembly(synthetic), source, session)


def _row(
    source: str, session: str, counted: Found, note: str, before: Reviewed | None
) -> dict[str, str]:
    """A reviewed number; rule and note are kept unless another note is given."""
    return {
        "source": source,
        "session": session,
        "roll_calls": str(counted.roll_calls),
        "rule": before.rule if before else "exact",
        "counted_through": _text(counted.through),
        "reviewed_on": str(date.today()),
        "note": note or (before.note if before else ""),
    }


def _write(
    file: Path,
    in_order: Sequence[str],
    rows: list[dict[str, str]],
    row: dict[str, str],
    key: tuple[str, ...],
) -> None:
    """Write the rows, with `row` replacing that of the same key or added at the end.

    The file is replaced atomically.
    """
    places = [[other[name] for name in key] for other in rows]
    wanted = [row[name] for name in key]
    if wanted in places:
        rows[places.index(wanted)] = row
    else:
        rows.append(row)
    beside = file.with_name(f".{file.name}")
    with beside.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, in_order, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    beside.replace(file)


def _assembly(synthetic: bool) -> str:
    return "synthetic" if synthetic else "real"


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

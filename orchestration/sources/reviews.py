"""Roll-call numbers that a person has reviewed: reviews.csv in the warehouse's folder.

Belongs here: reading that file strictly. Not here: writing it (the command `review`), or what the
numbers are compared with (the dbt project).
"""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from orchestration.sources import SOURCES
from orchestration.sources.sessions import is_session


def columns() -> tuple[str, ...]:
    """The columns of the file, in order."""
    return tuple(_declared().column_names())


def read_reviews(file: Path) -> list[dict[str, Any]]:
    """The rows of the file, typed; none if there is no file.

    Raises ValueError, naming file and line, for an invalid row.
    """
    if not file.exists():
        return []
    rows: list[dict[str, Any]] = []
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, strict=True)
            found = [str(column).strip() for column in reader.fieldnames or ()]
            if sorted(found) != sorted(columns()):
                raise _wrong(file, 1, f"expected the columns {','.join(columns())}")
            reader.fieldnames = found
            for row in reader:
                if not any(str(value or "").strip() for value in row.values()):
                    continue
                try:
                    rows.append(_typed(row))
                except ValueError as error:
                    raise _wrong(file, reader.line_num, error) from error
                if [(one["source"], one["session"]) for one in rows].count(
                    (rows[-1]["source"], rows[-1]["session"])
                ) > 1:
                    raise _wrong(file, reader.line_num, "a second row of this source and session")
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise ValueError(f"{file}: can't be read: {error}") from error
    return rows


def _declared() -> Any:
    # Slow to import, and not needed where there is no such file.
    from orchestration.sources.schemas import Reviews

    return Reviews


def _wrong(file: Path, line: int, words: object) -> ValueError:
    return ValueError(f"{file}, line {line}: {words}. Correct the line, or remove it.")


def _typed(row: dict[str, str]) -> dict[str, Any]:
    if None in row or None in row.values():
        raise ValueError(f"expected {len(columns())} fields")
    given = {name: value.strip() for name, value in row.items()}
    if given["source"] not in SOURCES:
        raise ValueError(f"no such source: {given['source']!r}, expected {', '.join(SOURCES)}")
    if not is_session(given["session"]):
        raise ValueError(f"no session: {given['session']!r}, expected one as 81 or ES-12")
    if not given["roll_calls"].isdecimal() or len(given["roll_calls"]) > 6:
        raise ValueError(f"roll_calls is {given['roll_calls']!r}, expected a whole number")
    rules = _declared().columns()["rule"].metadata["allowed"]
    if given["rule"] not in rules:
        raise ValueError(f"rule is {given['rule']!r}, expected {' or '.join(rules)}")
    return given | {
        "roll_calls": int(given["roll_calls"]),
        "counted_through": _day(given, "counted_through"),
        "reviewed_on": _day(given, "reviewed_on"),
        "note": given["note"] or None,
    }


def _day(given: dict[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(given[name]) if given[name] else None
    except ValueError as error:
        raise ValueError(f"{name} is {given[name]!r}, expected a day as 2026-03-02") from error

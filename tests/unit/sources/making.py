"""Files in the layouts of the three sources, small, with votes that nobody cast.

Belongs here: making such files. Not here: checks, or any real vote.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyreadr

from orchestration.sources import Landed

UNDL_COLUMNS = [
    "undl_id",
    "ms_code",
    "ms_name",
    "ms_vote",
    "date",
    "session",
    "resolution",
    "draft",
    "committee_report",
    "meeting",
    "title",
    "agenda_title",
    "subjects",
    "vote_note",
    "total_yes",
    "total_no",
    "total_abstentions",
    "total_non_voting",
    "total_ms",
    "undl_link",
]
VOETEN_COLUMNS = [
    "rcid",
    "ccode",
    "member",
    "vote",
    "session",
    "Country",
    "Countryname",
    "year",
    "date",
    "unres",
    "amend",
    "para",
    "short",
    "descr",
    "me",
    "nu",
    "di",
    "hr",
    "co",
    "ec",
    "importantvote",
    "resid",
]
STATES = (("ATL", "ATLANTIS"), ("BOR", "BORDURIA"), ("RUR", "RURITANIA"))
Row = Mapping[str, Any]


def undl_rows(votes: str = "YNA", **changed: Any) -> list[dict[str, Any]]:
    """One roll call, a row per state; `votes` has a letter per state."""
    return [
        {
            "undl_id": "900001",
            "ms_code": code,
            "ms_name": name,
            "ms_vote": vote,
            "date": "2022-03-02",
            "session": "ES-11",
            "resolution": "A/RES/ES-11/1",
            "draft": "A/ES-11/L.1",
            "committee_report": "",
            "meeting": "A/ES-11/PV.5",
            "title": "An invented title, with a comma",
            "agenda_title": "An item",
            "subjects": "SEAS|SHIPS",
            "vote_note": "",
            "total_yes": "1.0",
            "total_no": "1.0",
            "total_abstentions": "1.0",
            "total_non_voting": "0.0",
            "total_ms": "3.0",
            "undl_link": "https://example.org/900001",
        }
        | changed
        for (code, name), vote in zip(STATES, votes, strict=True)
    ]


def voeten_rows(votes: Sequence[int] = (1, 3, 2), **changed: Any) -> list[dict[str, Any]]:
    """One roll call, a row per state; `votes` has a number per state."""
    return [
        {
            "rcid": 7,
            "ccode": 900 + nth,
            "member": 0 if vote == 9 else 1,
            "vote": vote,
            "session": 62,
            "Country": code,
            "Countryname": name.title(),
            "year": 2007,
            "date": "2007-12-05",
            "unres": "R/62/3",
            "amend": "",
            "para": "",
            "short": "SEAS, SHIPS",
            "descr": 'On the seas, called "the wide"',
            "me": 0,
            "nu": 0,
            "di": 1,
            "hr": 0,
            "co": 0,
            "ec": 0,
            "importantvote": "",
            "resid": 62001,
        }
        | changed
        for nth, ((code, name), vote) in enumerate(zip(STATES, votes, strict=True))
    ]


def resolution(symbol: str = "A/RES/77/1", **changed: Any) -> dict[str, Any]:
    """A resolution by a recorded vote, as the Secretariat writes it, of session 77."""
    return {
        "symbol": symbol,
        "resolution_number": "1.",
        "title": "An invented title",
        "session": "Seventy-seventh session",
        "adoption_meeting": "15th plenary meeting",
        "adoption_date": "7 October 2022",
        "originating_document": "A/77/L.3",
        "report_paragraph": "N.A.",
        "committee": "First Committee",
        "agenda_item": "Agenda item 1",
        "agenda_item_name": "An item",
        "adoption_type": "By a recorded vote",
        "MS_in_favour_count": "1",
        "MS_against_count": "1",
        "MS_abstaining_count": "1",
        "pv": "A/77/PV.15",
        "MS_in_favour": ["ATLANTIS"],
        "MS_against": ["BORDURIA"],
        "MS_abstaining": ["RURITANIA"],
        "sponsors": ["ATLANTIS"],
        "additional_sponsors": ["RURITANIA"],
        "SDGs": [],
        "subjects": [["SEAS", "UNBIS Thesaurus"], ["1", "A/77/251"]],
    } | changed


def table(
    rows: Iterable[Row], columns: Sequence[str], delimiter: str = ",", end: str = "\n"
) -> bytes:
    """Rows as a csv in UTF-8."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator=end)
    writer.writeheader()
    writer.writerows({name: row.get(name, "") for name in columns} for row in rows)
    return text.getvalue().encode()


def undl_csv(rows: Iterable[Row] | None = None, columns: Sequence[str] = UNDL_COLUMNS) -> bytes:
    """A bulk file of the Digital Library."""
    return table(undl_rows() if rows is None else rows, columns)


def voeten_csv(rows: Iterable[Row] | None = None, columns: Sequence[str] = VOETEN_COLUMNS) -> bytes:
    """Voeten's file."""
    return table(voeten_rows() if rows is None else rows, columns)


def voeten_rdata(
    folder: Path, rows: Iterable[Row] | None = None, columns: Sequence[str] = VOETEN_COLUMNS
) -> bytes:
    """Voeten's file in R's own format: numbers as numbers, what is empty as NaN or missing."""
    given = list(voeten_rows() if rows is None else rows)
    frame = pl.DataFrame(
        {
            column: pl.Series(
                [None if (value := row.get(column)) == "" else value for row in given]
            )
            for column in columns
        }
    )
    folder.mkdir(parents=True, exist_ok=True)
    pyreadr.write_rdata(str(folder / "made"), frame, df_name="completeVotes", compress="gzip")
    return (folder / "made").read_bytes()


def packed(data: bytes) -> bytes:
    """The same, gzipped."""
    return gzip.compress(data)


def refusal(landed: Landed) -> str:
    """The reason of the one file that was refused."""
    (file,) = landed.refused
    return file.reason


def session_json(*resolutions: Mapping[str, Any]) -> bytes:
    """A session's file: JSON lines."""
    return "".join(
        json.dumps(line, ensure_ascii=False) + "\n" for line in resolutions or [resolution()]
    ).encode()

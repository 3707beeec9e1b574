"""A person's own numbers: reviews.csv, read strictly.

Belongs here: the file's rows and its faults. Not here: what completeness makes of them.
"""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from orchestration.sources.reviews import columns, read_reviews
from orchestration.sources.schemas import Reviews, polars_types

HEAD = ",".join(columns())
ROW = "unxml,81,12,exact,2026-12-20,2027-01-15,counted on the UN's list"


def written(folder: Path, *lines: str) -> Path:
    file = folder / "reviews.csv"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return file


def test_no_file_is_no_review(tmp_path: Path):
    assert read_reviews(tmp_path / "reviews.csv") == []


def test_rows_are_typed_as_the_table_declares(tmp_path: Path):
    rows = read_reviews(written(tmp_path, HEAD, ROW, "", "undl,ES-11,3,at_least,,,"))
    assert rows[0] == {
        "source": "unxml",
        "session": "81",
        "roll_calls": 12,
        "rule": "exact",
        "counted_through": date(2026, 12, 20),
        "reviewed_on": date(2027, 1, 15),
        "note": "counted on the UN's list",
    }
    assert rows[1]["counted_through"] is None and rows[1]["note"] is None
    frame = pl.DataFrame(rows, schema=polars_types("reviews"))
    assert Reviews.validate(frame).height == 2


def test_columns_in_another_order_and_a_byte_order_mark(tmp_path: Path):
    file = written(tmp_path, *(",".join(reversed(line.split(","))) for line in (HEAD, ROW)))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read_reviews(file)[0]["roll_calls"] == 12


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        (["source,session"], 1, "expected the columns source,session,roll_calls"),
        ([HEAD, ROW.replace("unxml", "undi")], 2, "no such source: 'undi'"),
        ([HEAD, ROW, ROW.replace("81", "eighty-one")], 3, "no session: 'eighty-one'"),
        ([HEAD, ROW.replace("12,", "a dozen,")], 2, "roll_calls is 'a dozen'"),
        ([HEAD, ROW.replace("exact", "about")], 2, "rule is 'about', expected exact or at_least"),
        ([HEAD, ROW.replace("2026-12-20", "20.12.2026")], 2, "counted_through is '20.12.2026'"),
        ([HEAD, ROW.replace("2027-01-15", "soon")], 2, "reviewed_on is 'soon'"),
        ([HEAD, ROW, ROW], 3, "a second row of this source and session"),
        ([HEAD, "unxml,81"], 2, "expected 7 fields"),
        ([HEAD, ROW + ",more"], 2, "expected 7 fields"),
    ],
)
def test_a_bad_file_is_refused_by_line(tmp_path: Path, lines: list, line: int, words: str):
    with pytest.raises(ValueError) as refused:
        read_reviews(written(tmp_path, *lines))
    assert f"reviews.csv, line {line}: " in str(refused.value) and words in str(refused.value)


def test_what_is_no_text_is_refused_by_name(tmp_path: Path):
    file = tmp_path / "reviews.csv"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="reviews.csv: can't be read"):
        read_reviews(file)

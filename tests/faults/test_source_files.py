"""Files of the sources that are damaged, odd or hostile: corrected by a rule, or refused by name.

Belongs here: what a file can be, the same for every source. Not here: schema versions and defects
that one source is known for (tests/unit/sources).
"""

import gzip
import io
import random
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.sources.making import (
    UNDL_COLUMNS,
    VOETEN_COLUMNS,
    refusal,
    resolution,
    session_json,
    table,
    undl_csv,
    undl_rows,
    voeten_csv,
    voeten_rows,
)

from orchestration.sources import SOURCES, Landed, Origin, Parsed, SourceError, landed_releases

NAMES = {"undl": "2026_02_06_ga_voting.csv", "voeten": "UNVotes.csv", "unxml": "77.json"}
WHOLE = {
    "undl": undl_csv(),
    "voeten": voeten_csv(),
    "unxml": session_json(resolution(), resolution("A/RES/77/2")),
}
VOTES = {"undl": "undl_votes", "voeten": "voeten_votes", "unxml": "unxml_votes"}
COLUMNS = {"undl": UNDL_COLUMNS, "voeten": VOETEN_COLUMNS}
ROWS = {"undl": undl_rows, "voeten": voeten_rows}
TABLES = ["undl", "voeten"]
PACKED_ZEROS = 80 << 20


def land(landing: Path, source: str, data: bytes, name: str = "") -> Landed:
    """Put a file into the landing as a user does, and land it."""
    (landing / source).mkdir(parents=True, exist_ok=True)
    (landing / source / (name or NAMES[source])).write_bytes(data)
    return SOURCES[source].land(landing, Origin(str(landing / "no mirror")))


def read(landing: Path, source: str, data: bytes, name: str = "") -> Parsed:
    landed = land(landing, source, data, name)
    if landed.release is None:
        raise SourceError(refusal(landed))
    return SOURCES[source].parse(landed.release)


def refused(landing: Path, source: str, data: bytes, name: str = "") -> str:
    """The message of the refusal; nothing of the file may have landed."""
    landed = land(landing, source, data, name)
    assert landed.release is None and not landed.is_new
    words = refusal(landed)
    assert landed_releases(landing, source) == []
    assert not list((landing / source).glob(".incoming-*"))
    assert (landing / source / (name or NAMES[source])).exists()
    assert (name or NAMES[source]) in words
    return words


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize("source", SOURCES)
def test_the_whole_file_is_read(tmp_path: Path, source: str):
    assert read(tmp_path, source, WHOLE[source]).tables[VOTES[source]].height >= 3


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf"])
def test_empty(tmp_path: Path, source: str, data: bytes):
    refused(tmp_path, source, data)


@pytest.mark.parametrize("source", TABLES)
def test_no_rows(tmp_path: Path, source: str):
    assert "no votes in it" in refused(tmp_path, source, table([], COLUMNS[source]))


@pytest.mark.parametrize("source", SOURCES)
def test_truncated_within_a_row(tmp_path: Path, source: str):
    words = refused(tmp_path, source, WHOLE[source][:-80])
    assert "cut off" in words
    assert "row 3" in words or "line 2" in words


@pytest.mark.parametrize("source", TABLES)
def test_cut_packed_file(tmp_path: Path, source: str):
    letters = random.Random(1).choices("abcdefgh", k=5_000)
    rows = ROWS[source](title="".join(letters), descr="".join(letters))
    packed = gzip.compress(table(rows, COLUMNS[source]))
    for kept in (3, 20, len(packed) // 2, len(packed) - 1):
        name = NAMES[source] + ".gz"
        assert "cut off or damaged" in refused(tmp_path / str(kept), source, packed[:kept], name)


@pytest.mark.parametrize("source", TABLES)
def test_damaged_packed_file(tmp_path: Path, source: str):
    packed = bytearray(gzip.compress(WHOLE[source]))
    packed[len(packed) // 2] ^= 0xFF
    refused(tmp_path, source, bytes(packed), NAMES[source] + ".gz")


@pytest.mark.parametrize("source", TABLES)
def test_cut_zip(tmp_path: Path, source: str):
    whole = zipped(("votes.csv", WHOLE[source]))
    assert "cut off or damaged" in refused(tmp_path, source, whole[:-30], "a.zip")


@pytest.mark.parametrize("source", TABLES)
def test_bomb(tmp_path: Path, source: str):
    zeros = b"0" * PACKED_ZEROS
    for nth, (data, name) in enumerate(
        [
            (gzip.compress(zeros), NAMES[source] + ".gz"),
            (zipped(("votes.csv", zeros)), "2026_02_06.zip"),
        ]
    ):
        assert len(data) < 200_000
        words = refused(tmp_path / str(nth), source, data, name)
        assert "which no file of this source does" in words


@pytest.mark.parametrize("source", TABLES)
def test_zip_that_says_it_is_larger_than_any_file(tmp_path: Path, source: str):
    stream = io.BytesIO(zipped(("votes.csv", WHOLE[source])))
    data = bytearray(stream.getvalue())
    # The size after unpacking, in the archive's list of members.
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (2**32 - 2).to_bytes(4, "little")
    refused(tmp_path, source, bytes(data), "a.zip")


@pytest.mark.parametrize("source", TABLES)
@pytest.mark.parametrize(
    "inner", ["../votes.csv", "a/../../votes.csv", "/votes.csv", "..\\votes.csv"]
)
def test_zip_that_leads_out(tmp_path: Path, source: str, inner: str):
    words = refused(tmp_path, source, zipped((inner, WHOLE[source])), "a.zip")
    assert "a path that leads out of the archive" in words
    assert not list(tmp_path.rglob("votes.csv"))


@pytest.mark.parametrize("source", TABLES)
@pytest.mark.parametrize("inner", [(), ("a.csv", "b.csv"), ("a.txt",)])
def test_zip_without_just_one_table(tmp_path: Path, source: str, inner: tuple[str, ...]):
    data = zipped(*((name, WHOLE[source]) for name in inner))
    assert "expected one table" in refused(tmp_path, source, data, "a.zip")


@pytest.mark.parametrize("source", SOURCES)
def test_not_utf8(tmp_path: Path, source: str):
    state = {"undl": b"BORDURIA", "voeten": b"Borduria", "unxml": b"BORDURIA"}[source]
    data = WHOLE[source].replace(state, "CÔTE".encode("latin-1"), 1)
    assert "not UTF-8" in refused(tmp_path, source, data)
    wide = WHOLE[source].decode().encode("utf-16")
    assert "line 1: not UTF-8" in refused(tmp_path / "wide", source, wide)


@pytest.mark.parametrize("source", SOURCES)
def test_byte_order_mark_and_crlf(tmp_path: Path, source: str):
    plain = read(tmp_path / "plain", source, WHOLE[source]).tables[VOTES[source]]
    odd = b"\xef\xbb\xbf" + WHOLE[source].replace(b"\n", b"\r\n")
    found = read(tmp_path / "odd", source, odd).tables[VOTES[source]]
    assert found.drop("release").equals(plain.drop("release"))


@pytest.mark.parametrize("source", TABLES)
def test_other_order_of_columns_is_the_same_table(tmp_path: Path, source: str):
    plain = read(tmp_path / "plain", source, WHOLE[source]).tables[VOTES[source]]
    data = table(ROWS[source](), COLUMNS[source][::-1])
    found = read(tmp_path / "odd", source, data).tables[VOTES[source]]
    assert found.drop("release").equals(plain.drop("release"))


@pytest.mark.parametrize(
    ("source", "column"),
    [
        *(("undl", name) for name in UNDL_COLUMNS if name not in ("session", "vote_note")),
        *(("voeten", name) for name in ("rcid", "ccode", "vote", "Country", "date", "unres", "me")),
    ],
)
def test_missing_and_renamed_columns_are_named(tmp_path: Path, source: str, column: str):
    kept = [name for name in COLUMNS[source] if name != column]
    wanted = f"missing columns: {column.lower()}"
    assert wanted in refused(tmp_path / "a", source, table(ROWS[source](), kept))
    renamed = table(ROWS[source](), [*kept, f"{column}_new"])
    words = refused(tmp_path / "b", source, renamed)
    assert wanted in words
    assert "found: " in words


@pytest.mark.parametrize("source", TABLES)
def test_doubled_columns_are_named(tmp_path: Path, source: str):
    data = table(ROWS[source](), [*COLUMNS[source], COLUMNS[source][3]])
    words = refused(tmp_path, source, data)
    assert f"duplicate columns: {COLUMNS[source][3]!r}" in words


@pytest.mark.parametrize("source", TABLES)
def test_more_fields_than_columns(tmp_path: Path, source: str):
    lines = WHOLE[source].splitlines()
    data = b"\n".join([*lines[:2], lines[2] + b",more", *lines[3:], b""])
    assert "row 2: " in refused(tmp_path, source, data)


@pytest.mark.parametrize("source", TABLES)
def test_quote_that_never_ends(tmp_path: Path, source: str):
    lines = WHOLE[source].splitlines()
    refused(tmp_path, source, b"\n".join([*lines[:2], b'"' + lines[2], *lines[3:], b""]))


@pytest.mark.parametrize("source", TABLES)
def test_rows_that_stand_twice_are_counted(tmp_path: Path, source: str):
    data = table([*ROWS[source](), *ROWS[source]()], COLUMNS[source])
    parsed = read(tmp_path, source, data)
    assert parsed.tables[VOTES[source]].height == 3
    (repair,) = [one for one in parsed.corrections if "duplicate" in one.rule]
    assert repair.rows == 3 and repair.file == NAMES[source] and repair.example


@pytest.mark.parametrize("source", TABLES)
def test_blank_lines_are_no_rows(tmp_path: Path, source: str):
    data = WHOLE[source].replace(b"\n", b"\n\n") + b"\n\n"
    assert read(tmp_path, source, data).tables[VOTES[source]].height == 3


@pytest.mark.parametrize("source", SOURCES)
def test_a_web_page(tmp_path: Path, source: str):
    refused(tmp_path, source, b"<!DOCTYPE html>\n<html><body>Are you human?</body></html>\n")


@pytest.mark.parametrize("source", SOURCES)
def test_a_bad_file_stops_no_other_source(tmp_path: Path, source: str):
    for other in SOURCES:
        bad = other == source
        landed = land(tmp_path, other, b"rubbish\n" if bad else WHOLE[other])
        assert bool(landed.refused) == bad
    assert [other for other in SOURCES if landed_releases(tmp_path, other)] == [
        other for other in SOURCES if other != source
    ]


@pytest.mark.parametrize("source", SOURCES)
def test_a_bad_file_leaves_the_landed_release(tmp_path: Path, source: str):
    before = land(tmp_path, source, WHOLE[source]).release
    newer = NAMES[source].replace("2026", "2027")
    landed = land(tmp_path, source, b"rubbish\n", newer)
    assert landed.release == before and newer in refusal(landed)
    assert landed_releases(tmp_path, source) == [before]
    assert before is not None
    SOURCES[source].parse(before)


def read_or_refused(source: str, data: bytes, check: Callable[[Parsed], object]) -> None:
    """A mutated file is read, or refused with a message; it never crashes the reader."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            parsed = read(Path(folder), source, data)
        except SourceError as error:
            assert len(str(error)) > 20
        else:
            check(parsed)


CELL = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            "",
            "NA",
            "nan",
            "inf",
            "-1",
            "1e3",
            "120.0",
            "0x1",
            "\x00",
            '"',
            "2022-02-30",
            "A/RES/1/1",
        ]
    ),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(str),
    st.dates().map(str),
)


@pytest.mark.parametrize("source", TABLES)
@given(data=st.data())
@settings(max_examples=120, deadline=None, derandomize=True)
def test_mutated_cells(source: str, data: st.DataObject):
    rows = ROWS[source]()
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.integers(0, len(rows) - 1))
        rows[row][data.draw(st.sampled_from(COLUMNS[source]))] = data.draw(CELL)
    rows += [rows[nth] for nth in data.draw(st.lists(st.integers(0, 2), max_size=2))]

    def no_row_is_lost(parsed: Parsed) -> None:
        left_out = sum(one.rows for one in parsed.corrections if "duplicate" in one.rule)
        assert parsed.tables[VOTES[source]].height + left_out == len(rows)

    read_or_refused(source, table(rows, COLUMNS[source]).replace(b"\x00", b""), no_row_is_lost)


@pytest.mark.parametrize("source", SOURCES)
@given(data=st.data())
@settings(max_examples=120, deadline=None, derandomize=True)
def test_mutated_bytes(source: str, data: st.DataObject):
    whole = WHOLE[source]
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 40, len(whole))))
    changed = whole[:start] + data.draw(st.binary(max_size=8)) + whole[end:]
    read_or_refused(source, changed, lambda parsed: parsed.tables[VOTES[source]].height)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=4,
)


@given(field=st.sampled_from(list(resolution())), value=JSON | CELL)
@settings(max_examples=250, deadline=None, derandomize=True)
def test_mutated_fields(field: str, value: object):
    changed = session_json(resolution(), resolution() | {field: value})

    def no_line_is_lost(parsed: Parsed) -> None:
        assert parsed.tables["unxml_resolutions"].height == 2

    read_or_refused("unxml", changed, no_line_is_lost)

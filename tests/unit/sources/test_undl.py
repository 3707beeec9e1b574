"""The Digital Library's file: each schema version and known defect, on invented votes."""

import gzip
import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from unit.sources.making import UNDL_COLUMNS, refusal, table, undl_csv, undl_rows
from unit.sources.serving import HURRIED, Server

from orchestration.sources import SOURCES, Origin, Outcome, dropped_files, landed_releases
from orchestration.sources.undl import read_note, release_day

undl = SOURCES["undl"]
land, parse = undl.land, undl.parse

RENAMED = {
    "ms_code": "ms_codes",
    "ms_name": "ms_names",
    "ms_vote": "ms_votes",
    "resolution": "resolutions",
    "agenda_title": "agenda_titles",
    "total_yes": "yes",
    "total_no": "no",
    "total_abstentions": "abstentions",
    "total_non_voting": "non-voting",
    "total_ms": "total-voting",
}


def drop(landing: Path, name: str, data: bytes):
    (landing / "undl").mkdir(parents=True, exist_ok=True)
    (landing / "undl" / name).write_bytes(data)
    return land(landing, Origin())


def read(landing: Path, data: bytes):
    return parse(drop(landing, "2026_02_06_ga_voting.csv", data).release)


def refused(landing: Path, data: bytes) -> str:
    landed = drop(landing, "2026_02_06_ga_voting.csv", data)
    assert landed.release is None
    return refusal(landed)


def rules(parsed) -> dict[str, int]:
    return {one.rule: one.rows for one in parsed.corrections}


def test_rows_of_the_newest_schema_version(landing: Path):
    parsed = read(landing, undl_csv())
    votes = parsed.tables["undl_votes"]
    assert votes.row(0, named=True) == {
        "release": "2026-02-06",
        "file": "2026_02_06_ga_voting.csv",
        "row_number": 1,
        "undl_id": "900001",
        "ms_code": "ATL",
        "ms_name": "ATLANTIS",
        "ms_vote": "Y",
        "vote_date": date(2022, 3, 2),
        "session": "ES-11",
        "resolution": "A/RES/ES-11/1",
        "draft": "A/ES-11/L.1",
        "committee_report": None,
        "meeting": "A/ES-11/PV.5",
        "title": "An invented title, with a comma",
        "agenda_title": "An item",
        "subjects": "SEAS|SHIPS",
        "vote_note": None,
        "total_yes": 1,
        "total_no": 1,
        "total_abstentions": 1,
        "total_non_voting": 0,
        "total_ms": 3,
        "undl_link": "https://example.org/900001",
    }
    assert votes["row_number"].to_list() == [1, 2, 3]
    assert parsed.corrections == []


def test_layout_without_a_note(landing: Path):
    columns = [column for column in UNDL_COLUMNS if column != "vote_note"]
    votes = read(landing, undl_csv(columns=columns)).tables["undl_votes"]
    assert votes["vote_note"].to_list() == [None] * 3
    assert votes["ms_vote"].to_list() == ["Y", "N", "A"]


def test_first_layout_with_plural_names_and_no_session(landing: Path):
    columns = [column for column in UNDL_COLUMNS if column not in ("session", "vote_note")]
    rows = [{RENAMED.get(k, k): v for k, v in row.items()} for row in undl_rows("YNA")]
    rows[2]["ms_votes"] = "NV"
    parsed = read(
        landing, table(rows, [RENAMED.get(column, column) for column in columns] + ["modality"])
    )
    votes = parsed.tables["undl_votes"]
    assert votes["session"].to_list() == ["ES-11"] * 3
    assert votes["ms_vote"].to_list() == ["Y", "N", "X"]
    assert votes["total_ms"].to_list() == [3] * 3
    assert rules(parsed) == {
        "vote NV or empty: X, not voting": 1,
        "session missing: read from the symbol": 3,
    }


@pytest.mark.parametrize(
    ("symbol", "session", "day"),
    [
        ("A/RES/77/229", "77", "2022-12-15"),
        ("A/RES/79/259 A-C", "79", "2025-06-30"),
        ("A/RES/2200(XXI)[A]", "21", "1966-12-16"),
        ("A/RES/2200A(XXI)", "21", "1966-12-16"),
        ("A/RES/3201(S-VI)", "S-6", "1974-05-01"),
        ("A/RES/997(ES-I)", "ES-1", "1956-11-02"),
        ("A/RES/S-10/2", "S-10", "1978-06-30"),
    ],
)
def test_session_from_the_symbol(landing: Path, symbol: str, session: str, day: str):
    rows = undl_rows(resolution=symbol, session="", date=day)
    assert read(landing, undl_csv(rows)).tables["undl_votes"]["session"].to_list() == [session] * 3


@pytest.mark.parametrize(
    ("given", "session"),
    [("10emsp", "ES-10"), ("29sp", "S-29"), ("ES-10", "ES-10"), ("S-29", "S-29")],
)
def test_session_in_words(landing: Path, given: str, session: str):
    parsed = read(landing, undl_csv(undl_rows(session=given)))
    assert parsed.tables["undl_votes"]["session"].to_list() == [session] * 3
    assert len(parsed.corrections) == (given != session)


def test_regular_session_as_a_number(landing: Path):
    for nth, given in enumerate(("77", "77.0")):
        rows = undl_rows(session=given, date="2022-12-15")
        votes = read(landing / str(nth), undl_csv(rows)).tables["undl_votes"]
        assert votes["session"].to_list() == ["77"] * 3


@pytest.mark.parametrize("given", ["X", "NV", "", " x "])
def test_not_voting(landing: Path, given: str):
    rows = undl_rows()
    rows[1]["ms_vote"] = given
    parsed = read(landing, undl_csv(rows))
    assert parsed.tables["undl_votes"]["ms_vote"].to_list() == ["Y", "X", "A"]
    assert rules(parsed) == ({} if "x" in given.lower() else {"vote NV or empty: X, not voting": 1})


def test_lower_case_votes_and_crlf_and_other_order(landing: Path):
    data = table(undl_rows("yna"), UNDL_COLUMNS[::-1], end="\r\n")
    votes = read(landing, b"\xef\xbb\xbf" + data).tables["undl_votes"]
    assert votes["ms_vote"].to_list() == ["Y", "N", "A"]
    assert votes["undl_id"].to_list() == ["900001"] * 3


def test_row_that_stands_twice_is_taken_once(landing: Path):
    parsed = read(landing, undl_csv([*undl_rows(), *undl_rows()[:2]]))
    assert parsed.tables["undl_votes"].height == 3
    assert rules(parsed) == {"duplicate row: taken once": 2}


def roll_calls(count: int) -> list[dict]:
    """As many sound roll calls."""
    return [
        row
        for nth in range(count)
        for row in undl_rows(undl_id=f"8{nth:05}", resolution=f"A/RES/ES-11/{nth + 100}")
    ]


def test_two_votes_of_a_state_are_kept_for_the_models_to_tell(landing: Path):
    again = undl_rows()[0]
    rows = [*undl_rows(), again | {"ms_vote": "N"}, again, again | {"ms_vote": "N"}]
    parsed = read(landing, undl_csv([*rows, *roll_calls(99)]))
    votes = parsed.tables["undl_votes"]
    assert votes.height == 4 + 3 * 99
    assert votes.head(4).select("ms_name", "ms_vote").rows() == [
        ("ATLANTIS", "Y"),
        ("BORDURIA", "N"),
        ("RURITANIA", "A"),
        ("ATLANTIS", "N"),
    ]
    assert rules(parsed) == {"duplicate row: taken once": 2}


def test_a_day_years_off_its_session_is_kept_for_the_models_to_tell(landing: Path):
    rows = undl_rows(session="77", resolution="A/RES/77/1", date="2062-12-15")
    (landing / "undl").mkdir(parents=True)
    (landing / "undl" / "votes.csv").write_bytes(undl_csv([*rows, *roll_calls(99)]))
    release = land(landing, Origin()).release
    votes = parse(release).tables["undl_votes"]
    assert votes["vote_date"].head(3).to_list() == [date(2062, 12, 15)] * 3
    # It is not the last day that the release covers.
    assert release.date == date(2022, 3, 2)


def test_slips_all_over_a_file_are_refused_with_the_first_and_how_many(landing: Path):
    off = undl_rows(undl_id="2", session="77", resolution="A/RES/77/1", date="2062-12-15")
    rows = [*roll_calls(98), *off, *undl_rows(), undl_rows()[0] | {"ms_vote": "N"}]
    said = refused(landing, undl_csv(rows))
    assert "row 295: date is '2062-12-15', expected a day within its session" in said
    assert "2 of its 100 roll calls" in said


def test_state_that_votes_twice_in_a_small_file_is_refused(landing: Path):
    rows = [*undl_rows(), undl_rows()[0] | {"ms_vote": "N"}]
    assert "row 4: ms_name is 'ATLANTIS', expected one vote" in refused(landing, undl_csv(rows))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("ms_vote", "MAYBE", "ms_vote is 'MAYBE', expected Y, N, A, X"),
        ("date", "2022-02-30", "date is '2022-02-30', expected a day"),
        ("date", "", "date is empty"),
        ("date", "02/03/2022", "expected a day as 2022-03-02"),
        ("date", "1822-03-02", "expected a day within its session"),
        ("session", "soon", "session"),
        ("total_yes", "many", "total_yes is 'many', expected a whole number"),
        ("total_yes", "1.5", "expected a whole number"),
        ("total_yes", "-1", "expected a whole number"),
        ("total_yes", "1e99", "expected a whole number"),
    ],
)
def test_refused_by_row(landing: Path, column: str, value: str, words: str):
    rows = undl_rows(resolution="unknown" if column == "session" else "A/RES/ES-11/1")
    rows[1][column] = value
    said = refused(landing, undl_csv(rows))
    assert re.search(f"2026_02_06_ga_voting.csv, row 2: .*{re.escape(words)}", said)


def test_day_of_another_decade_than_its_session(landing: Path):
    rows = undl_rows(session="77", date="2062-12-15")
    assert "a day within its session" in refused(landing, undl_csv(rows))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2026_02_06_ga_voting.csv", "2026-02-06"),
        ("2025_9_19_ga_voting.csv.gz", "2025-09-19"),
        ("2025-9-19 votes.zip", "2025-09-19"),
        ("2025_13_40_ga_voting.csv", "None"),
        ("votes.csv", "None"),
    ],
)
def test_day_in_the_name(name: str, day: str):
    assert str(release_day(name)) == day


def test_file_without_a_day_in_its_name_is_named_after_its_votes(landing: Path):
    (landing / "undl").mkdir(parents=True)
    (landing / "undl" / "votes.csv").write_bytes(undl_csv())
    release = land(landing, Origin()).release
    assert re.fullmatch(r"2022-03-02\.[0-9a-f]{8}", release.name)


def test_the_internet_is_never_asked(landing: Path):
    landed = land(landing, Origin(retry=HURRIED))
    assert landed.release is None and landed.files == ()
    assert "forbid automated download" in landed.note and undl.source.url in landed.note
    assert "landing folder undl/" in landed.note


def test_newest_file_of_a_mirror_folder(landing: Path, tmp_path: Path):
    mirror = tmp_path / "mirror" / "undl"
    mirror.mkdir(parents=True)
    (mirror / "2025_9_19_ga_voting.csv").write_bytes(undl_csv(undl_rows("YYY")))
    (mirror / "2026_02_06_ga_voting.csv").write_bytes(undl_csv())
    landed = land(landing, Origin(str(mirror.parent)))
    assert landed.release.name == "2026-02-06"
    assert landed.release.files[0].url.startswith("file://")
    assert not land(landing, Origin(str(mirror.parent))).is_new


def test_mirror_without_the_file(landing: Path, tmp_path: Path):
    (tmp_path / "mirror").mkdir()
    without = land(landing, Origin(str(tmp_path / "mirror")))
    assert "has no undl/" in without.note and without.files == ()
    (gone,) = land(landing, Origin(str(tmp_path / "none"))).not_in_reach
    assert "is not a folder" in gone.reason


def test_mirror_that_lists_its_files(landing: Path, server: Server):
    server.put("undl/2025_9_19_ga_voting.csv", undl_csv(undl_rows("YYY")))
    server.put("undl/2026_02_06_ga_voting.csv", undl_csv())
    origin = Origin(server.url, HURRIED)
    assert land(landing, origin).release.name == "2026-02-06"
    again = land(landing, origin)
    assert not again.is_new and again.files[0].outcome is Outcome.UNCHANGED
    assert server.asked[-1][1]["If-None-Match"]
    asked = len(server.asked)
    assert not undl.probe(landing, origin).is_new
    assert [path for path, _ in server.asked[asked:]] == ["/undl/"]
    server.put("undl/2026_02_06_ga_voting.csv", undl_csv(undl_rows("NNN")))
    assert undl.probe(landing, origin).is_new
    assert "another file under the name" in refusal(land(landing, origin))
    assert "another file under the name" in refusal(undl.probe(landing, origin))
    assert len(landed_releases(landing, "undl")) == 1


NOTE = """# General Assembly voting data

**Version:** 5

Some words on the columns; versions before had fewer.

## Suggested citation

United Nations, *Voting Data* (2026_02_06),
https://example.org/record
"""
CITATION = "United Nations, Voting Data (2026_02_06), https://example.org/record"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (NOTE, ("5", CITATION)),
        ("version: 4\ncitation: A (2025)\n", ("4", "A (2025)")),
        ("| Version | v5 |\n|---|---|\n| Citation | A, B |\n", ("v5", "A, B")),
        ("- Version 3\n- How to cite: A\n", ("3", "A")),
        ("# Version\n\n# Citation\n", (None, None)),
        ("Nothing of the kind; citations are welcome.", (None, None)),
        ("", (None, None)),
    ],
)
def test_notes(text: str, said: tuple):
    assert read_note(text) == said


@pytest.mark.parametrize("packing", ["csv", "csv.gz", "zip with the note", "zip beside it"])
def test_version_and_citation_are_those_of_the_note(landing: Path, packing: str):
    stem = "2026_02_06_ga_voting"
    suffix = packing.split()[0]
    data = undl_csv()
    if suffix == "csv.gz":
        data = gzip.compress(data)
    elif suffix == "zip":
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(f"{stem}.csv", data)
            if packing == "zip with the note":
                archive.writestr(f"{stem}_md.md", NOTE)
        data = stream.getvalue()
    (landing / "undl").mkdir(parents=True)
    if packing != "zip with the note":
        (landing / "undl" / f"{stem}_md.md").write_text(NOTE)
    release = drop(landing, f"{stem}.{suffix}", data).release
    assert (release.version, release.citation) == ("5", CITATION)
    assert release == landed_releases(landing, "undl")[-1]
    said = json.loads((release.folder / "release.json").read_text())
    assert (said["version"], said["citation"]) == ("5", CITATION)
    assert len(release.files) == 1
    assert dropped_files(landing, "undl") == []
    assert len(release.notes) == (packing != "zip with the note")


def test_a_note_without_its_table_is_left_alone(landing: Path):
    landed = drop(landing, "2026_02_06_ga_voting_md.md", NOTE.encode())
    assert landed.files == () and landed.release is None
    assert [path.name for path in dropped_files(landing, "undl")] == ["2026_02_06_ga_voting_md.md"]
    assert undl.waiting(landing) == []


@pytest.mark.mirror
def test_rows_of_the_mirror(mirror: Path, landing: Path):
    parsed = parse(land(landing, Origin(str(mirror))).release)
    votes = parsed.tables["undl_votes"]
    assert votes.height == 140_890
    assert votes["ms_vote"].unique().sort().to_list() == ["A", "N", "X", "Y"]
    assert votes["resolution"].null_count() == 0


@pytest.mark.mirror
def test_the_official_file_of_the_rehearsal(rehearsal: Path, landing: Path):
    (file,) = (rehearsal / "undl").glob("*.csv.gz")
    release = drop(landing, file.name, file.read_bytes()).release
    assert release.name == "2026-02-06"
    votes = parse(release).tables["undl_votes"]
    assert votes.height == 922_602
    assert votes["session"].str.contains(r"^(ES-|S-)?\d+$").all()
    assert (votes["vote_date"].min().year, votes["vote_date"].max().year) == (1946, 2025)

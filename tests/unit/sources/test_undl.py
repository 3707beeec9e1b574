"""The Digital Library's file: each layout and each known defect, on invented votes."""

import re
from datetime import date
from pathlib import Path

import pytest
from unit.sources.making import UNDL_COLUMNS, table, undl_csv, undl_rows
from unit.sources.serving import HURRIED, Server

from orchestration.sources import Origin, SourceError, landed_releases
from orchestration.sources.undl import land, parse, release_day, source

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


def read(landing: Path, data: bytes):
    (landing / "undl").mkdir(parents=True)
    (landing / "undl" / "2026_02_06_ga_voting.csv").write_bytes(data)
    return parse(land(landing, Origin()).release)


def rules(parsed) -> dict[str, int]:
    return {it.rule: it.rows for it in parsed.repairs}


def test_rows_of_the_newest_layout(landing: Path):
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
    assert parsed.repairs == []


def test_layout_without_a_note(landing: Path):
    columns = [it for it in UNDL_COLUMNS if it != "vote_note"]
    votes = read(landing, undl_csv(columns=columns)).tables["undl_votes"]
    assert votes["vote_note"].to_list() == [None] * 3
    assert votes["ms_vote"].to_list() == ["Y", "N", "A"]


def test_first_layout_with_plural_names_and_no_session(landing: Path):
    columns = [it for it in UNDL_COLUMNS if it not in ("session", "vote_note")]
    rows = [{RENAMED.get(k, k): v for k, v in row.items()} for row in undl_rows("YNA")]
    rows[2]["ms_votes"] = "NV"
    parsed = read(landing, table(rows, [RENAMED.get(it, it) for it in columns] + ["modality"]))
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
    assert len(parsed.repairs) == (given != session)


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
    assert rules(parsed) == {"row that stands there twice: once": 2}


def test_state_that_votes_twice_is_refused(landing: Path):
    rows = [*undl_rows(), undl_rows()[0] | {"ms_vote": "N"}]
    with pytest.raises(SourceError, match="row 4: ms_name is 'ATLANTIS', expected one vote"):
        read(landing, undl_csv(rows))


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
    with pytest.raises(SourceError, match=f"2026_02_06_ga_voting.csv, row 2: .*{re.escape(words)}"):
        read(landing, undl_csv(rows))


def test_day_of_another_decade_than_its_session(landing: Path):
    with pytest.raises(SourceError, match="a day within its session"):
        read(landing, undl_csv(undl_rows(session="77", date="2062-12-15")))


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
    landed = land(landing, Origin(patience=HURRIED))
    assert landed.release is None
    assert "forbid automated download" in landed.reason and source.url in landed.reason
    assert "landing folder undl/" in landed.reason


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
    assert "has no undl/" in land(landing, Origin(str(tmp_path / "mirror"))).reason
    assert "is no folder" in land(landing, Origin(str(tmp_path / "none"))).reason


def test_mirror_that_lists_its_files(landing: Path, server: Server):
    server.put("undl/2025_9_19_ga_voting.csv", undl_csv(undl_rows("YYY")))
    server.put("undl/2026_02_06_ga_voting.csv", undl_csv())
    origin = Origin(server.url, HURRIED)
    assert land(landing, origin).release.name == "2026-02-06"
    again = land(landing, origin)
    assert not again.is_new and "nothing newer" in again.reason
    assert server.asked[-1][1]["If-None-Match"]
    server.put("undl/2026_02_06_ga_voting.csv", undl_csv(undl_rows("NNN")))
    with pytest.raises(SourceError, match="another file under the name"):
        land(landing, origin)
    assert len(landed_releases(landing, "undl")) == 1


@pytest.mark.mirror
def test_rows_of_the_mirror(mirror: Path, landing: Path):
    parsed = parse(land(landing, Origin(str(mirror))).release)
    votes = parsed.tables["undl_votes"]
    assert votes.height == 140_890
    assert votes["ms_vote"].unique().sort().to_list() == ["A", "N", "X", "Y"]
    assert votes["resolution"].null_count() == 0

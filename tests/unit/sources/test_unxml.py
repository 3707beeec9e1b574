"""The Secretariat's files: each schema version and known defect, on invented resolutions."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from unit.sources.making import refusal, resolution, session_json
from unit.sources.serving import HURRIED, Answer, Server

from orchestration.sources import (
    SOURCES,
    Origin,
    Outcome,
    SourceError,
    dropped_files,
    landed_releases,
    read_visit,
)
from orchestration.sources.sessions import session_in_words
from orchestration.sources.unxml import KNOWN_SESSIONS

unxml = SOURCES["unxml"]
land, parse = unxml.land, unxml.parse


def later(**changed):
    return resolution(
        "A/RES/78/1",
        session="Seventy-eighth session",
        adoption_date="5 October 2023",
        pv="A/78/PV.1",
        **changed,
    )


def put(folder: Path, **sessions: bytes) -> Origin:
    (folder / "unxml").mkdir(parents=True, exist_ok=True)
    for name, data in sessions.items():
        (folder / "unxml" / f"{name.replace('_', '-').lstrip('s')}.json").write_bytes(data)
    return Origin(str(folder))


def read(landing: Path, data: bytes, name: str = "77"):
    origin = put(landing.parent / "mirror", **{f"s{name}": data})
    return parse(land(landing, origin).release)


def refused(landing: Path, data: bytes) -> str:
    landed = land(landing, put(landing.parent / "mirror", s77=data))
    assert landed.release is None
    return refusal(landed)


def outcomes(landed) -> dict[str, Outcome]:
    return {file.name: file.outcome for file in landed.files}


def rules(parsed) -> dict[str, int]:
    return {one.rule: one.rows for one in parsed.corrections}


def test_rows(landing: Path):
    parsed = read(landing, session_json())
    (row,) = parsed.tables["unxml_resolutions"].drop("release").rows(named=True)
    assert row == {
        "file": "77.json",
        "row_number": 1,
        "symbol": "A/RES/77/1",
        "session": "77",
        "vote_date": date(2022, 10, 7),
        "meeting": "A/77/PV.15",
        "title": "An invented title",
        "originating_document": "A/77/L.3",
        "committee": "First Committee",
        "agenda_item": "Agenda item 1",
        "agenda_item_name": "An item",
        "adoption_type": "recorded",
        "yes_stated": 1,
        "no_stated": 1,
        "abstain_stated": 1,
    }
    drop = ["release", "file", "row_number"]
    assert parsed.tables["unxml_votes"].drop(drop).rows() == [
        ("ATLANTIS", "yes"),
        ("BORDURIA", "no"),
        ("RURITANIA", "abstain"),
    ]
    assert parsed.tables["unxml_subjects"].drop(drop).rows() == [
        ("SEAS", "UNBIS Thesaurus"),
        ("1", "A/77/251"),
    ]
    assert parsed.tables["unxml_sponsors"].drop(drop).rows() == [
        ("ATLANTIS", False),
        ("RURITANIA", True),
    ]
    assert parsed.corrections == []


def test_counts_that_are_not_stated(landing: Path):
    counts = {f"MS_{side}_count": "N.A." for side in ("in_favour", "against", "abstaining")}
    given = resolution(**counts, adoption_type="Without a vote", MS_in_favour=[])
    rows = read(landing, session_json(given)).tables["unxml_resolutions"]
    assert rows.select(pl.selectors.ends_with("_stated")).row(0) == (None, None, None)
    assert rows["adoption_type"].to_list() == ["without_vote"]


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("7\u00a0October\u00a02022", "no-break space in a date: a space"),
        ("2022-10-07 00:00:00", "date with a time of 0: its day"),
        ("2022-10-07", None),
        ("07 october 2022", None),
    ],
)
def test_dates(landing: Path, given: str, rule: str | None):
    parsed = read(landing, session_json(resolution(adoption_date=given)))
    assert parsed.tables["unxml_resolutions"]["vote_date"].to_list() == [date(2022, 10, 7)]
    assert rules(parsed) == ({rule: 1} if rule else {})


@pytest.mark.parametrize(
    ("given", "kind", "repaired"),
    [
        ({"adoption_type": "By a recorded vote"}, "recorded", 0),
        ({"adoption_type": "", "voting_type": "adoptedRecordedVote"}, "recorded", 0),
        ({"adoption_type": "", "voting_type": "adoptedWithoutVote"}, "without_vote", 0),
        ({"adoption_type": ""}, "unknown", 0),
        ({"adoption_type": "By acclamation"}, "unknown", 1),
        ({"adoption_type": "Without a vote", "voting_type": "adoptedRecordedVote"}, "unknown", 1),
    ],
)
def test_kinds_of_adoption(landing: Path, given: dict, kind: str, repaired: int):
    parsed = read(landing, session_json(resolution(**given)))
    assert parsed.tables["unxml_resolutions"]["adoption_type"].to_list() == [kind]
    assert sum(rules(parsed).values()) == repaired


def test_committee_as_a_tag(landing: Path):
    parsed = read(landing, session_json(resolution(committee="#fifthCommittee")))
    assert parsed.tables["unxml_resolutions"]["committee"].to_list() == ["Fifth Committee"]
    assert len(parsed.corrections) == 1


def test_symbols_and_names_that_stand_twice_are_kept(landing: Path):
    twice = resolution(MS_in_favour=["ATLANTIS", "ATLANTIS"])
    parsed = read(landing, session_json(twice, twice))
    assert parsed.tables["unxml_resolutions"]["row_number"].to_list() == [1, 2]
    assert parsed.tables["unxml_votes"].height == 8


def test_empty_names_are_left_out_and_counted(landing: Path):
    parsed = read(landing, session_json(resolution(sponsors=["", " ATLANTIS\u00a0"])))
    assert parsed.tables["unxml_sponsors"]["state_name"].to_list() == ["ATLANTIS", "RURITANIA"]
    assert rules(parsed) == {"empty name in a list: left out": 1}


@pytest.mark.parametrize("indent", [None, 2])
def test_one_array_and_a_byte_order_mark(landing: Path, indent: int | None):
    array = json.dumps([resolution(), resolution("A/RES/77/2 A-C")], indent=indent)
    rows = read(landing, b"\xef\xbb\xbf" + array.encode()).tables["unxml_resolutions"]
    assert rows["symbol"].to_list() == ["A/RES/77/1", "A/RES/77/2 A-C"]
    assert rows["row_number"].to_list() == [1, 2]


def test_blank_lines_and_crlf_and_line_separators_in_text(landing: Path):
    one = json.dumps(resolution(title="a\u2028b\u0085c"), ensure_ascii=False)
    two = json.dumps(resolution("A/RES/77/2"))
    rows = read(landing, f"{one}\r\n\r\n{two}".encode()).tables["unxml_resolutions"]
    assert rows["row_number"].to_list() == [1, 3]


def test_session_in_words_that_is_another_is_counted(landing: Path):
    parsed = read(landing, session_json(resolution(session="Seventy-sixth session")))
    assert parsed.tables["unxml_resolutions"]["session"].to_list() == ["77"]
    assert len(parsed.corrections) == 1


@pytest.mark.parametrize(
    ("session", "words"),
    [
        ("79", "Seventy-ninth session"),
        ("80", "Eightieth session"),
        ("92", "Ninety-second session"),
        ("ES-10", "Tenth emergency special session"),
        ("ES-12", "Twelfth emergency special session"),
        ("S-32", "Thirty-second special session"),
    ],
)
def test_sessions_in_words(session: str, words: str):
    assert session_in_words(session) == words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"symbol": "A/RES/76/1"}, "symbol 'A/RES/76/1' is not of session 77"),
        ({"symbol": None}, "not of session 77"),
        ({"symbol": 5}, "symbol is '5', expected text"),
        ({"adoption_date": "31 February 2022"}, "adoption_date is '31 February 2022'"),
        ({"adoption_date": "7 Octember 2022"}, "expected a day as '2 March 2022'"),
        ({"adoption_date": ""}, "expected a day"),
        ({"adoption_date": "7 October 1922"}, "no day of session 77"),
        ({"MS_in_favour_count": "many"}, "MS_in_favour_count is 'many', expected a whole number"),
        ({"MS_in_favour_count": True}, "expected a whole number"),
        ({"MS_in_favour": "ATLANTIS"}, "expected a list of names"),
        ({"MS_in_favour": [1]}, "expected a list of names"),
        ({"subjects": ["SEAS"]}, "no pair of subject and scheme"),
        ({"subjects": {"a": 1}}, "expected a list of pairs"),
        ({"title": ["a"]}, "title is"),
    ],
)
def test_refused_by_line(landing: Path, changed: dict, words: str):
    said = refused(landing, session_json(resolution(), resolution(**changed)))
    assert "77.json, line 2: " in said and words in said


def test_missing_fields_are_named(landing: Path):
    given = {k: v for k, v in resolution().items() if not k.startswith("MS_against")}
    said = refused(landing, session_json(given))
    assert "missing fields: MS_against, MS_against_count" in said


def test_release_is_named_after_its_newest_day_and_bytes(landing: Path, tmp_path: Path):
    origin = put(tmp_path / "mirror", s77=session_json(), s78=session_json(later()))
    landed = land(landing, origin)
    assert landed.release.name.startswith("2023-10-05.")
    assert landed.release.date == date(2023, 10, 5)
    assert [file.name for file in landed.release.files] == ["77.json", "78.json"]
    again = land(landing, origin)
    assert not again.is_new and again.release == landed.release
    other = land(tmp_path / "other", origin)
    assert other.release.name == landed.release.name


def test_only_some_sessions_are_asked_for_and_the_others_carried_over(
    landing: Path, tmp_path: Path
):
    put(tmp_path / "mirror", s77=session_json(), s78=session_json(later()))
    origin = Origin(str(tmp_path / "mirror"))
    first = land(landing, origin).release
    put(
        tmp_path / "mirror",
        s77=session_json(resolution(), resolution("A/RES/77/2")),
        s78=session_json(later(), later(title="another")),
    )
    second = land(landing, origin, sessions=["77"]).release
    assert second != first and second == landed_releases(landing, "unxml")[-1]
    by_file = parse(second).tables["unxml_resolutions"].group_by("file").len().sort("file").rows()
    assert by_file == [("77.json", 2), ("78.json", 1)]
    with pytest.raises(SourceError, match="no session"):
        land(landing, Origin("http://127.0.0.1:9", HURRIED), sessions=["../77"])


def test_a_bad_session_leaves_the_landed_one_in_use(landing: Path, tmp_path: Path):
    origin = put(tmp_path / "mirror", s77=session_json(), s78=session_json(later()))
    land(landing, origin)
    put(tmp_path / "mirror", s77=b'{"symbol": ', s78=session_json(later(), later()))
    said: list[str] = []
    landed = land(landing, origin, log=said.append)
    assert landed.is_new
    assert "77.json, line 1: not JSON" in refusal(landed) and "77.json" in said[0]
    assert outcomes(landed) == {"77.json": Outcome.REFUSED, "78.json": Outcome.NEW}
    again = land(landing, origin)
    assert outcomes(again) == {"77.json": Outcome.REFUSED, "78.json": Outcome.UNCHANGED}
    assert outcomes(unxml.probe(landing, origin)) == outcomes(again)
    rows = parse(landed.release).tables["unxml_resolutions"]
    assert rows.group_by("file").len().sort("file").rows() == [("77.json", 1), ("78.json", 2)]


def test_a_broken_session_beside_good_ones_is_refused_by_name(landing: Path, tmp_path: Path):
    origin = put(tmp_path / "mirror", s77=session_json(), s81=b'{"symbol": ')
    landed = land(landing, origin)
    assert outcomes(landed) == {"77.json": Outcome.NEW, "81.json": Outcome.REFUSED}
    assert refusal(landed).startswith("81.json, line 1: not JSON")
    assert [file.name for file in landed.release.files] == ["77.json"]


def test_what_is_wrong_with_sessions_stays_told_while_others_are_asked_for(
    landing: Path, tmp_path: Path
):
    origin = put(tmp_path / "mirror", s77=session_json(), s78=session_json(later()), s81=b"{")
    land(landing, origin)
    for visit in (land, unxml.probe):
        visit(landing, origin, sessions=["77"])
        told = {file.name: file for file in read_visit(landing, "unxml").files}
        assert told["81.json"].outcome is Outcome.REFUSED
        assert "81.json, line 1: not JSON" in told["81.json"].reason
        assert told["77.json"].outcome is Outcome.UNCHANGED
        # What landed with the last visit is not new once more.
        assert "78.json" not in told
    put(tmp_path / "mirror", s77=session_json(), s81=b"[")
    land(landing, origin, sessions=["81"])
    (told,) = [file for file in read_visit(landing, "unxml").files if file.name == "81.json"]
    assert "no resolution" in told.reason or "line 1" in told.reason
    (tmp_path / "mirror" / "unxml" / "81.json").unlink()
    land(landing, origin)
    assert "81.json" not in {file.name for file in read_visit(landing, "unxml").files}


def test_a_session_out_of_reach_stays_told_while_others_are_asked_for(
    landing: Path, server: Server
):
    server.put("unxml/77.json", session_json())
    server.put("unxml/78.json", session_json(later()))
    server.always("unxml/78.json", Answer(403))
    origin = Origin(server.url, HURRIED)
    land(landing, origin)
    land(landing, origin, sessions=["77"])
    told = {file.name: file.outcome for file in read_visit(landing, "unxml").files}
    url = f"{server.url}/unxml/78.json"
    assert told == {"77.json": Outcome.UNCHANGED, url: Outcome.NOT_IN_REACH}


def test_nothing_but_bad_sessions_leaves_nothing(landing: Path, tmp_path: Path):
    origin = put(tmp_path / "mirror", s77=b"[")
    assert "77.json" in refusal(land(landing, origin))
    assert not landed_releases(landing, "unxml")


def test_a_persons_session_goes_before_the_mirrors(landing: Path, tmp_path: Path):
    origin = put(tmp_path / "mirror", s77=session_json(), s78=session_json(later()))
    (landing / "unxml").mkdir(parents=True)
    mine = session_json(resolution(), resolution("A/RES/77/2"))
    (landing / "unxml" / "77.json").write_bytes(mine)
    (landing / "unxml" / "notes.txt").write_bytes(b"x")
    landed = land(landing, origin)
    assert [file.url is None for file in landed.release.files] == [True, False]
    assert [path.name for path in dropped_files(landing, "unxml")] == ["notes.txt"]
    assert "notes.txt: expected the name of a session" in refusal(landed)


def test_server_is_asked_for_known_sessions_and_for_those_that_come_next(
    landing: Path, server: Server
):
    for session in KNOWN_SESSIONS:
        kind, _, number = session.rpartition("-")
        year = 1946 + int(number) if not kind else 2020
        server.put(
            f"{session}.json",
            session_json(
                resolution(
                    f"A/RES/{session}/1",
                    session=session_in_words(session),
                    adoption_date=f"1 June {year}",
                )
            ),
        )
    origin = Origin(retry=HURRIED, unxml_url=server.url)
    first = land(landing, origin)
    assert first.is_new and set(outcomes(first).values()) == {Outcome.NEW}
    assert len(first.release.files) == len(KNOWN_SESSIONS)
    assert {"/81.json", "/ES-12.json", "/S-33.json"} < {path for path, _ in server.asked}

    server.asked.clear()
    assert set(outcomes(unxml.probe(landing, origin)).values()) == {Outcome.UNCHANGED}
    assert not server.asked
    assert not land(landing, origin).is_new
    assert all("If-None-Match" in headers for path, headers in server.asked if path == "/77.json")

    server.put(
        "81.json",
        session_json(
            resolution("A/RES/81/1", session="Eighty-first session", adoption_date="1 October 2026")
        ),
    )
    probed = unxml.probe(landing, origin)
    assert [file.name for file in probed.files if file.outcome is Outcome.NEW] == ["81.json"]
    third = land(landing, origin)
    assert (
        third.is_new
        and str(third.release.date) == "2027-06-01"
        or "81.json" in {file.name for file in third.release.files}
    )
    assert server.times("82.json") == 1


def test_known_session_that_is_gone_is_reported_and_kept(landing: Path, server: Server):
    mirrored = Origin(server.url, HURRIED)
    server.put("unxml/77.json", session_json())
    server.put("unxml/78.json", session_json(later()))
    assert land(landing, mirrored).is_new
    (server.folder / "unxml" / "77.json").unlink()
    server.always("unxml/78.json", Answer(cut=True))
    direct = Origin(retry=HURRIED, unxml_url=f"{server.url}/unxml")
    landed = land(landing, direct)
    said = " ".join(file.reason for file in landed.not_in_reach)
    assert "77.json: 404" in said and "78.json: cut off" in said
    assert not landed.is_new and len(landed.release.files) == 2


@pytest.mark.mirror
def test_rows_of_the_mirror(mirror: Path, landing: Path):
    parsed = parse(land(landing, Origin(str(mirror))).release)
    resolutions = parsed.tables["unxml_resolutions"]
    assert resolutions["symbol"].n_unique() == 2_193
    listed = resolutions.join(parsed.tables["unxml_votes"], on=["file", "row_number"], how="semi")
    assert listed.filter(adoption_type="recorded")["symbol"].n_unique() == 730
    assert resolutions.filter(adoption_type="unknown")["symbol"].n_unique() == 4

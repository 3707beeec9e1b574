"""Voeten's file: each schema version and known defect, on invented votes."""

import bz2
import gzip
import hashlib
import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pyreadr
import pytest
from unit.sources.making import (
    VOETEN_COLUMNS,
    refusal,
    table,
    voeten_csv,
    voeten_rdata,
    voeten_rows,
)
from unit.sources.serving import HURRIED, Answer, Server

from orchestration.sources import SOURCES, Origin, Outcome, landed_releases
from orchestration.sources.voeten import DOI

NOT_MARKED = "amendments and paragraphs not marked (amend, para): left empty"
OF_TURKEY = "no state named, in a roll call without Türkiye: Türkiye"
LEFT_OUT = "no state named, and Türkiye is there or it is one of several: left out"
SEVERAL = "one rcid for several roll calls: told by unres and date, each is <rcid>.<n>"
TWICE = "one vote under two numbers: counted once, under the first"
LIST = f"api/datasets/:persistentId/versions?persistentId={DOI}"
voeten = SOURCES["voeten"]
land, parse = voeten.land, voeten.parse


def drop(landing: Path, data: bytes, name: str = "UNVotes.csv"):
    (landing / "voeten").mkdir(parents=True, exist_ok=True)
    (landing / "voeten" / name).write_bytes(data)
    return land(landing, Origin(str(landing)))


def read(landing: Path, data: bytes, name: str = "UNVotes.csv"):
    return parse(drop(landing, data, name).release)


def refused(landing: Path, data: bytes, name: str = "UNVotes.csv") -> str:
    landed = drop(landing, data, name)
    assert landed.release is None
    return refusal(landed)


def rules(parsed) -> dict[str, int]:
    return {one.rule: one.rows for one in parsed.corrections}


def test_rows(landing: Path):
    parsed = read(landing, voeten_csv(voeten_rows((1, 8, 9))))
    (row,) = parsed.tables["voeten_roll_calls"].drop("release").rows(named=True)
    assert row == {
        "file": "UNVotes.csv",
        "row_number": 1,
        "roll_call": "7",
        "rcid": 7,
        "session": 62,
        "vote_date": date(2007, 12, 5),
        "year": 2007,
        "unres": "R/62/3",
        "amend": None,
        "para": None,
        "short": "SEAS, SHIPS",
        "descr": 'On the seas, called "the wide"',
        "me": False,
        "nu": False,
        "di": True,
        "hr": False,
        "co": False,
        "ec": False,
        "important": False,
        "yes_stated": None,
        "no_stated": None,
        "abstain_stated": None,
    }
    assert parsed.tables["voeten_votes"].drop("release", "file").rows() == [
        ("7", 900, "ATL", "Atlantis", 1, True),
        ("7", 901, "BOR", "Borduria", 8, True),
        ("7", 902, "RUR", "Ruritania", 9, False),
    ]
    assert rules(parsed) == {NOT_MARKED: 1, "empty flag (topic codes, important): no": 1}


def test_release_is_named_after_its_newest_vote_and_bytes(landing: Path):
    (landing / "voeten").mkdir(parents=True)
    (landing / "voeten" / "UNVotes.csv").write_bytes(voeten_csv())
    release = land(landing, Origin(str(landing))).release
    assert release.name == f"2007-12-05.{release.files[0].sha256[:8]}"
    assert release.date == date(2007, 12, 5)


def test_layout_with_totals_and_r_row_numbers_and_no_year(landing: Path):
    columns = [
        "",
        *(column for column in VOETEN_COLUMNS if column != "year"),
        "yes",
        "no",
        "abstain",
    ]
    rows = voeten_rows(yes=101, no="3.0", abstain="NA", amend="NA", unres="A/RES/62/3")
    parsed = read(landing, table(rows, columns))
    (row,) = parsed.tables["voeten_roll_calls"].rows(named=True)
    assert (row["yes_stated"], row["no_stated"], row["abstain_stated"]) == (101, 3, None)
    assert row["year"] == 2007 and row["amend"] is None and row["para"] is None


@pytest.mark.parametrize(
    ("unres", "day", "session"),
    [
        ("A/RES/62/3", "2007-12-05", 62),
        ("R/62/3", "2008-03-05", 62),
        ("", "2007-12-05", 62),
        ("", "2008-03-05", 62),
        ("A/RES/ES-10/3", "2008-10-05", 63),
    ],
)
def test_layout_with_a_year_and_no_session(landing: Path, unres: str, day: str, session: int):
    columns = [column for column in VOETEN_COLUMNS if column not in ("session", "resid")]
    parsed = read(landing, table(voeten_rows(unres=unres, date=day), columns))
    assert parsed.tables["voeten_roll_calls"]["session"].to_list() == [session]
    assert rules(parsed)["no session: the symbol's, or the one open on the day"] == 1


def test_separated_by_tabs(landing: Path):
    parsed = read(landing, table(voeten_rows(), VOETEN_COLUMNS, "\t"), "UNVotes.tab")
    assert parsed.tables["voeten_votes"].height == 3


def test_quotes_escaped_with_backslashes_come_as_they_are(landing: Path):
    rows = voeten_rows(descr='CALLED \\MEMBERS PRESENT\\\\, AND \\"""')
    parsed = read(landing, voeten_csv(rows))
    assert parsed.tables["voeten_roll_calls"]["descr"].to_list() == [rows[0]["descr"]]


def test_missing_symbols_and_no_member_column(landing: Path):
    columns = [column for column in VOETEN_COLUMNS if column != "member"]
    parsed = read(landing, table(voeten_rows((1, 9, 3), unres="NA"), columns))
    assert parsed.tables["voeten_roll_calls"]["unres"].to_list() == [None]
    assert parsed.tables["voeten_votes"]["member"].to_list() == [True, False, True]


def test_roll_call_described_in_two_ways(landing: Path):
    rows = voeten_rows()
    rows[2]["short"] = "SHIPS"
    parsed = read(landing, voeten_csv([*rows, *voeten_rows(rcid=8, unres="R/62/4")]))
    assert parsed.tables["voeten_roll_calls"]["rcid"].to_list() == [7, 8]
    assert parsed.tables["voeten_roll_calls"]["short"].to_list() == ["SEAS, SHIPS"] * 2
    assert rules(parsed)["roll call described in more than one way: as on its first row"] == 1


def test_row_that_stands_twice_is_taken_once(landing: Path):
    parsed = read(landing, voeten_csv([*voeten_rows(), *voeten_rows()[:1]]))
    assert parsed.tables["voeten_votes"].height == 3
    assert rules(parsed)["duplicate row: taken once"] == 1


def roll_calls(count: int) -> list[dict]:
    """As many sound roll calls."""
    return [
        row
        for nth in range(count)
        for row in voeten_rows(rcid=100 + nth, unres=f"R/62/{100 + nth}")
    ]


def test_two_votes_of_a_state_are_kept_for_the_models_to_tell(landing: Path):
    again = voeten_rows()[0]
    rows = [*voeten_rows(), again | {"vote": 3}, again, again | {"vote": 3}]
    parsed = read(landing, voeten_csv([*rows, *roll_calls(99)]))
    assert by_roll_call(parsed)["7"] == [(900, 1), (901, 3), (902, 2), (900, 3)]
    assert rules(parsed)["duplicate row: taken once"] == 2
    assert SEVERAL not in rules(parsed)


def test_a_day_years_off_its_session_is_kept_for_the_models_to_tell(landing: Path):
    rows = [*voeten_rows(date="2070-12-05"), *roll_calls(99)]
    landed = drop(landing, voeten_csv(rows))
    days = parse(landed.release).tables["voeten_roll_calls"].select("roll_call", "vote_date")
    assert days.row(0) == ("7", date(2070, 12, 5))
    # It is not the last day that the release covers.
    assert landed.release.date == date(2007, 12, 5)


def test_roll_calls_under_one_rcid_are_told_apart_before_votes_are_said_to_differ(landing: Path):
    """One rcid with two roll calls, in one of which a state has two votes."""
    first = voeten_rows((1, 1, 1))
    second = voeten_rows((3, 3, 3), unres="R/62/9", date="2007-12-19")
    rows = [*first, *second, second[0] | {"vote": 2}]
    parsed = read(landing, voeten_csv([*rows, *roll_calls(99)]))
    assert by_roll_call(parsed)["7.1"] == [(900, 1), (901, 1), (902, 1)]
    assert by_roll_call(parsed)["7.2"] == [(900, 3), (901, 3), (902, 3), (900, 2)]


def test_slips_all_over_a_file_are_refused_with_the_first_and_how_many(landing: Path):
    off = voeten_rows(rcid=8, unres="R/62/4", date="2070-12-05")
    rows = [*roll_calls(98), *off, *voeten_rows(), voeten_rows()[0] | {"vote": 3}]
    said = refused(landing, voeten_csv(rows))
    assert "row 295: date is '2070-12-05', expected a day within its session" in said
    assert "2 of its 100 roll calls" in said


def test_state_that_votes_twice_in_a_small_file_is_refused(landing: Path):
    said = refused(landing, voeten_csv([*voeten_rows(), voeten_rows()[0] | {"vote": 3}]))
    assert "row 4: vote is '3', expected one vote of a state" in said


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("vote", "4", "vote is '4', expected 1 .yes., 2 .abstain., 3 .no., 8 .absent., 9"),
        ("vote", "yes", "vote is 'yes'"),
        ("vote", "", "vote is empty"),
        ("rcid", "x", "a whole number .rcid."),
        ("ccode", "", "a whole number .ccode."),
        ("member", "2", "member is '2', expected 0 or 1"),
        ("date", "2007-12-41", "date is '2007-12-41'"),
        ("date", "1907-12-04", "a day within its session"),
        ("session", "sixty", "session is 'sixty'"),
        ("me", "7", "me is '7', expected 0 or 1"),
        ("amend", "maybe", "amend is 'maybe', expected 0 or 1"),
    ],
)
def test_refused_by_row(landing: Path, column: str, value: str, words: str):
    rows = voeten_rows()
    rows[1][column] = value
    assert re.search(f"UNVotes.csv, row 2: .*{words}", refused(landing, voeten_csv(rows)))


def test_unknown_layout_is_refused_by_the_columns_that_miss(landing: Path):
    columns = [column for column in VOETEN_COLUMNS if column not in ("ccode", "unres")]
    said = refused(landing, table(voeten_rows(), columns))
    assert "missing columns: ccode, unres; found: rcid, member" in said


def by_roll_call(parsed) -> dict[str, list[tuple[int, int]]]:
    """Each roll call's states and votes."""
    votes = parsed.tables["voeten_votes"].group_by("roll_call", maintain_order=True)
    return {key[0]: rows.select("ccode", "vote").rows() for key, rows in votes}


def keys(parsed) -> list[str]:
    return parsed.tables["voeten_roll_calls"]["roll_call"].to_list()


def test_one_rcid_for_several_roll_calls(landing: Path):
    later = voeten_rows((3, 3, 3), unres="R/62/9", date="2007-12-19")
    earlier = voeten_rows((1, 1, 1), unres="R/62/3", date="2007-12-05")
    parsed = read(landing, voeten_csv([*later, *earlier, *voeten_rows(rcid=8, unres="R/62/4")]))
    table_ = parsed.tables["voeten_roll_calls"].sort("roll_call")
    assert table_.select("roll_call", "rcid", "unres", "row_number").rows() == [
        ("7.1", 7, "R/62/3", 4),
        ("7.2", 7, "R/62/9", 1),
        ("8", 8, "R/62/4", 7),
    ]
    assert by_roll_call(parsed)["7.1"] == [(900, 1), (901, 1), (902, 1)]
    assert by_roll_call(parsed)["7.2"] == [(900, 3), (901, 3), (902, 3)]
    assert rules(parsed)[SEVERAL] == 1
    (one,) = [one for one in parsed.corrections if one.rule == SEVERAL]
    assert one.example == "rcid 7: R/62/3 of 2007-12-05, R/62/9 of 2007-12-19"


def test_a_day_that_one_row_alone_has_is_no_roll_call_of_its_own(landing: Path):
    rows = voeten_rows()
    rows[2]["date"] = "2007-12-06"
    parsed = read(landing, voeten_csv(rows))
    assert keys(parsed) == ["7"] and SEVERAL not in rules(parsed)
    assert len(by_roll_call(parsed)["7"]) == 3


@pytest.mark.parametrize(
    ("changed", "votes", "kept"),
    [
        ({}, (1, 3, 2), ["7"]),
        ({"rcid": 6}, (1, 3, 2), ["7"]),  # the first in the file, not the lowest
        ({}, (1, 3, 1), ["7", "8"]),
        ({"date": "2007-12-06"}, (1, 3, 2), ["7", "8"]),
        ({"unres": "R/62/4"}, (1, 3, 2), ["7", "8"]),
        ({"descr": "Paragraph 2"}, (1, 3, 2), ["7", "8"]),
        ({"para": 1}, (1, 3, 2), ["7", "8"]),
        ({"ccode": 950}, (1, 3, 2), ["7", "8"]),
    ],
)
def test_one_vote_under_two_numbers(landing: Path, changed: dict, votes: tuple, kept: list):
    second = voeten_rows(votes, **({"rcid": 8} | changed | {"ccode": 900}))
    for nth, row in enumerate(second):
        row["ccode"] = changed.get("ccode", 900) + nth
    parsed = read(landing, voeten_csv([*voeten_rows(), *second]))
    assert keys(parsed) == kept
    assert list(by_roll_call(parsed)) == kept
    assert rules(parsed).get(TWICE, 0) == 2 - len(kept)


def test_roll_calls_without_a_symbol_are_never_taken_for_one(landing: Path):
    parsed = read(landing, voeten_csv([*voeten_rows(unres=""), *voeten_rows(rcid=8, unres="")]))
    assert keys(parsed) == ["7", "8"]


NOBODY = {"ccode": "", "Country": "", "Countryname": ""}


def test_a_row_without_a_state_is_of_turkey(landing: Path):
    rows = voeten_rows((1, 3, 2))
    rows[1] |= NOBODY
    parsed = read(landing, voeten_csv(rows))
    assert by_roll_call(parsed) == {"7": [(900, 1), (640, 3), (902, 2)]}
    assert rules(parsed)[OF_TURKEY] == 1 and LEFT_OUT not in rules(parsed)


@pytest.mark.parametrize("turkey", [True, False])
def test_a_row_without_a_state_is_left_out_where_it_may_be_anyones(landing: Path, turkey: bool):
    rows = voeten_rows((1, 3, 2))
    rows[1] |= NOBODY
    rows[2] |= {"ccode": 640} if turkey else NOBODY
    parsed = read(landing, voeten_csv([*rows, *voeten_rows(rcid=8, unres="R/62/4")]))
    assert by_roll_call(parsed)["7"] == ([(900, 1), (640, 2)] if turkey else [(900, 1)])
    assert rules(parsed)[LEFT_OUT] == (1 if turkey else 2)
    assert OF_TURKEY not in rules(parsed) and len(by_roll_call(parsed)["8"]) == 3


def test_marks_of_amendments_are_kept_where_there_are_any(landing: Path):
    rows = [
        *voeten_rows(amend=1, para=0),
        *voeten_rows(rcid=8, amend="NA", para=1),
        *voeten_rows(rcid=9, amend="NaN", para=""),
    ]
    parsed = read(landing, voeten_csv(rows[:6]))
    found = parsed.tables["voeten_roll_calls"].select("amend", "para").rows()
    assert found == [(True, False), (None, True)]
    assert NOT_MARKED not in rules(parsed)


def test_r_data(landing: Path, tmp_path: Path):
    columns = [*(name for name in VOETEN_COLUMNS if name != "resid"), "yes", "no", "abstain"]
    rows = [
        row
        | {"ccode": float(row["ccode"]), "amend": float("nan"), "para": float("nan")}
        | {"importantvote": 1.0, "yes": 1.0, "no": 1.0, "abstain": float("nan")}
        for row in [*voeten_rows((1, 8, 9)), *voeten_rows(rcid=8, unres="", short="NA")]
    ]
    rows[4] |= {"ccode": float("nan"), "Country": "", "Countryname": ""}
    data = voeten_rdata(tmp_path / "r", rows, columns)
    parsed = read(landing, data, "UNVotes-1.RData")
    first, second = parsed.tables["voeten_roll_calls"].rows(named=True)
    assert first["unres"] == "R/62/3" and second["unres"] is None and second["short"] is None
    assert first["vote_date"] == date(2007, 12, 5) and second["row_number"] == 4
    assert (first["yes_stated"], first["abstain_stated"]) == (1, None)
    assert first["important"] is True and first["amend"] is None and first["di"] is True
    assert by_roll_call(parsed) == {
        "7": [(900, 1), (901, 8), (902, 9)],
        "8": [(900, 1), (640, 3), (902, 2)],
    }
    assert parsed.tables["voeten_votes"]["country"].to_list()[:3] == ["ATL", "BOR", "RUR"]
    assert rules(parsed) == {NOT_MARKED: 2, OF_TURKEY: 1}


@pytest.mark.parametrize("kind", ["days", "factors", "rds", "bzip2", "no other column"])
def test_kinds_of_r_data(landing: Path, tmp_path: Path, kind: str):
    frame = pl.DataFrame(
        [{name: row[name] for name in VOETEN_COLUMNS if row[name] != ""} for row in voeten_rows()]
    ).with_columns(amend=pl.lit(None, pl.Float64), para=pl.lit(True), importantvote=0.0)
    name, path = "UNVotes.RData", tmp_path / "made"
    if kind == "days":
        frame = frame.with_columns(pl.col("date").str.to_date())
    elif kind == "factors":
        frame = frame.with_columns(pl.col("Country", "Countryname", "short").cast(pl.Categorical))
    if kind == "rds":
        name = "UNVotes.rds"
        pyreadr.write_rds(str(path), frame)
    elif kind == "bzip2":
        pyreadr.write_rdata(str(path), frame, df_name="x")
        path.write_bytes(bz2.compress(path.read_bytes()))
    else:
        pyreadr.write_rdata(str(path), frame, df_name="x", compress="gzip")
    parsed = read(landing, path.read_bytes(), name)
    (row,) = parsed.tables["voeten_roll_calls"].rows(named=True)
    assert row["vote_date"] == date(2007, 12, 5) and row["para"] is True and row["amend"] is None
    assert row["short"] == "SEAS, SHIPS"
    assert parsed.tables["voeten_votes"]["country"].to_list() == ["ATL", "BOR", "RUR"]


def test_r_data_that_is_none_is_refused_by_name(landing: Path, tmp_path: Path):
    whole = voeten_rdata(tmp_path / "r")
    for nth, data in enumerate((b"RDX3\n", b"", b"rcid,ccode\n", whole[: len(whole) // 2])):
        said = refused(landing / str(nth), data, "UNVotes.RData")
        assert said.startswith("UNVotes.RData: cut off or damaged, or not a file of R's own format")
    columns = [name for name in VOETEN_COLUMNS if name != "ccode"]
    said = refused(landing / "a", voeten_rdata(tmp_path / "a", None, columns), "UNVotes.RData")
    assert "missing columns: ccode" in said
    others = [name for name in VOETEN_COLUMNS if name != "rcid"]
    said = refused(landing / "b", voeten_rdata(tmp_path / "b", None, others), "UNVotes.RData")
    assert "expected one data frame with a column rcid, found 0" in said


def md5(data: bytes) -> str:
    return hashlib.md5(data).hexdigest()


def version(number: int, server: Server | None = None, data: bytes = b"", **changed) -> dict:
    """A version in Dataverse's list, with a file of votes if there is data for one."""
    files = [{"dataFile": {"id": number, "filename": "AgreementScores.csv", "filesize": 5}}]
    if server:
        restricted = changed.pop("restricted", False)
        stated = {
            "id": 1000 + number,
            "filename": "UNVotes.csv",
            "filesize": len(data),
            "md5": md5(data),
        } | changed
        server.put(f"store/{stated['id']}", data)
        # As Dataverse does: on to where the bytes are.
        there = Answer(302, headers={"Location": f"/store/{stated['id']}"})
        for asked in ("", "?format=original"):
            server.always(f"api/access/datafile/{stated['id']}{asked}", there)
        files.append({"dataFile": stated, "restricted": restricted})
    return {"versionNumber": number, "versionMinorNumber": 0, "files": files}


def listed(server: Server, *versions: dict) -> Origin:
    """Serve Dataverse's list of a dataset's versions."""
    server.always(LIST, as_json({"status": "OK", "data": list(versions)}))
    return Origin(retry=HURRIED, dataverse_url=server.url)


def as_json(answer: dict) -> Answer:
    return Answer(body=json.dumps(answer).encode(), headers={"Content-Type": "application/json"})


def downloads(server: Server) -> list[str]:
    return [path for path, _ in server.asked if path.startswith("/store/")]


NEWER = voeten_csv(voeten_rows(date="2008-01-03"))
OLDER = voeten_csv()


def test_the_newest_version_that_has_votes(landing: Path, server: Server):
    origin = listed(
        server, version(32, server, OLDER), version(39), version(33, server, NEWER), version(34)
    )
    probed = voeten.probe(landing, origin)
    assert probed.is_new and not downloads(server)
    landed = land(landing, origin)
    assert [str(file) for file in landed.files] == ["new: v33 UNVotes.csv: landed as v33"]
    assert (landed.release.name, landed.release.version) == ("v33", "v33")
    again = land(landing, origin)
    assert not again.is_new and again.files[0].outcome is Outcome.UNCHANGED
    assert again.files[0].reason == "landed already as v33"
    assert not voeten.probe(landing, origin).is_new
    assert downloads(server) == ["/store/1033"]


@pytest.mark.parametrize(
    ("fault", "outcome", "words"),
    [
        ("403", Outcome.NOT_IN_REACH, "403"),
        ("restricted", Outcome.NOT_IN_REACH, "restricted by its owners"),
        ("format", Outcome.REFUSED, "UNVotes.dta: a format that can't be read"),
        ("damaged", Outcome.REFUSED, "cut off or damaged"),
        ("not the listed one", Outcome.NOT_IN_REACH, "not the file that the list of v33 states"),
        ("web page", Outcome.NOT_IN_REACH, "a web page instead of data"),
    ],
)
def test_the_next_older_version_where_the_newest_cant_be_used(
    landing: Path, server: Server, fault: str, outcome: Outcome, words: str
):
    changed = {
        "restricted": {"restricted": True},
        "format": {"filename": "UNVotes.dta"},
        "damaged": {"filename": "UNVotes-1.RData"},
        "not the listed one": {"md5": "0" * 32},
    }.get(fault, {})
    newest = version(33, server, b"RDX3\nrubbish" if fault == "damaged" else NEWER, **changed)
    origin = listed(server, newest, version(32, server, OLDER), version(31, server, OLDER))
    if fault == "403":
        server.always("api/access/datafile/1033", Answer(403))
    elif fault == "web page":
        server.always("store/1033", Answer(body=b"x", headers={"Content-Type": "text/html"}))
    landed = land(landing, origin)
    first, second = landed.files
    assert first.outcome is outcome and words in first.reason
    assert "v33" in str(first)
    assert second.outcome is Outcome.NEW and landed.release.name == "v32"
    again = land(landing, origin)
    assert [file.outcome for file in again.files] == [outcome, Outcome.UNCHANGED]
    # What was refused is fetched once; what was not in reach may be by now.
    probed = voeten.probe(landing, origin)
    assert probed.files[-1].outcome is not Outcome.REFUSED
    if outcome is Outcome.REFUSED or fault in ("403", "restricted", "web page"):
        assert [file.outcome for file in probed.files] == [outcome, Outcome.UNCHANGED]


def test_the_same_bytes_in_two_versions_are_refused_once(landing: Path, server: Server):
    bad = b"no,such,columns\n1,2,3\n"
    origin = listed(server, version(33, server, bad), version(32, server, bad))
    landed = land(landing, origin)
    assert len(landed.refused) == 2 and "refused above" in landed.refused[1].reason
    assert downloads(server) == ["/store/1033"]


def test_converted_file_is_fetched_as_the_original(landing: Path, server: Server):
    changed = {
        "filename": "UNVotes.tab",
        "originalFileFormat": "text/csv",
        "originalFileSize": len(OLDER),
        "filesize": 5,
        "md5": "of the conversion",
    }
    origin = listed(server, version(33, server, OLDER, **changed))
    landed = land(landing, origin)
    assert landed.release.files[0].name == "UNVotes.csv"
    assert "/api/access/datafile/1033?format=original" in [path for path, _ in server.asked]


def test_version_that_changed_silently_is_refused(landing: Path, server: Server):
    first = land(landing, listed(server, version(33, server, OLDER))).release
    origin = listed(server, version(33, server, NEWER))
    assert "another file under the name of a landed release" in refusal(land(landing, origin))
    assert "another file" in refusal(voeten.probe(landing, origin))
    assert landed_releases(landing, "voeten") == [first]


def test_a_persons_copy_of_a_version_is_not_fetched_again(landing: Path, server: Server):
    drop(landing, NEWER)
    origin = listed(server, version(33, server, NEWER))
    landed = land(landing, origin)
    assert [file.outcome for file in landed.files] == [Outcome.UNCHANGED]
    assert not downloads(server) and len(landed_releases(landing, "voeten")) == 1


@pytest.mark.parametrize("answer", [{"status": "ERROR"}, {"data": []}, {"data": [{"files": 1}]}])
def test_list_that_is_none(landing: Path, server: Server, answer: dict):
    server.always(LIST, as_json(answer))
    landed = land(landing, Origin(retry=HURRIED, dataverse_url=server.url))
    (file,) = landed.files
    assert landed.release is None and file.outcome is Outcome.NOT_IN_REACH
    assert "a list" in file.reason


def test_no_version_with_votes(landing: Path, server: Server):
    (file,) = land(landing, listed(server, version(39), version(38))).not_in_reach
    assert "none of the listed versions" in file.reason


def test_a_server_that_falls_silent_hides_no_refusal(landing: Path, server: Server):
    bad = version(33, server, b"no,such,columns\n1,2,3\n")
    origin = listed(server, bad, version(32, server, OLDER))
    server.always("store/1032", Answer(hang=True))
    landed = land(landing, origin)
    assert [file.outcome for file in landed.files] == [Outcome.REFUSED, Outcome.NOT_IN_REACH]
    assert "missing columns" in landed.refused[0].reason


def test_a_draft_and_a_deaccessioned_version_are_passed_over(landing: Path, server: Server):
    draft = version(40, server, NEWER) | {"versionState": "DRAFT"}
    gone = {"versionNumber": 34, "versionState": "DEACCESSIONED"}
    landed = land(landing, listed(server, draft, gone, version(33, server, OLDER)))
    assert landed.release.name == "v33" and len(landed.files) == 1


def test_mirror_by_url(landing: Path, server: Server):
    server.put("dataverse/UNVotes.csv", voeten_csv())
    origin = Origin(server.url, HURRIED)
    assert land(landing, origin).is_new
    assert not land(landing, origin).is_new
    known = [headers for path, headers in server.asked if path == "/dataverse/UNVotes.csv"]
    assert "If-None-Match" in known[-1]
    assert not voeten.probe(landing, origin).is_new
    server.put("dataverse/UNVotes.csv.gz", gzip.compress(NEWER))
    assert voeten.probe(landing, origin).is_new
    newer = land(landing, origin)
    assert newer.is_new and newer.release.name.startswith("2008-01-03.")


@pytest.mark.parametrize("newest", ["UNVotes-1.RData", "UNVotes.csv.gz"])
def test_of_several_files_of_a_mirror_that_with_the_newest_vote(
    landing: Path, tmp_path: Path, newest: str
):
    folder = tmp_path / "mirror" / "dataverse"
    folder.mkdir(parents=True)
    late, early = voeten_rows(date="2008-01-03"), voeten_rows()
    of_r = late if newest == "UNVotes-1.RData" else early
    rows = [{name: value for name, value in row.items() if value != ""} for row in of_r]
    columns = [name for name in VOETEN_COLUMNS if name in rows[0]] + ["amend", "para"]
    rows = [row | {"amend": 0.0, "para": 0.0} for row in rows]
    (folder / "UNVotes-1.RData").write_bytes(voeten_rdata(tmp_path / "r", rows, columns))
    csv = early if newest == "UNVotes-1.RData" else late
    (folder / "UNVotes.csv.gz").write_bytes(gzip.compress(voeten_csv(csv)))
    landed = land(landing, Origin(str(folder.parent)))
    assert landed.release.files[0].name == newest
    assert len(landed.files) == 2 and landed.is_new
    probed = voeten.probe(landing, Origin(str(folder.parent)))
    assert [file.outcome for file in probed.files] == [Outcome.UNCHANGED] * 2


@pytest.mark.mirror
def test_rows_of_the_mirror(mirror: Path, landing: Path):
    parsed = parse(land(landing, Origin(str(mirror))).release)
    votes, roll_calls = parsed.tables["voeten_votes"], parsed.tables["voeten_roll_calls"]
    assert votes.height == 1_231_100
    assert votes.filter(votes["vote"].is_in([1, 2, 3])).height == 887_094
    assert roll_calls.height == 6_299
    assert (roll_calls["para"].sum(), roll_calls["amend"].sum()) == (991, 311)
    assert roll_calls["unres"].null_count() == 159


@pytest.mark.mirror
def test_version_33_of_the_rehearsal(rehearsal: Path, landing: Path):
    data = (rehearsal / "dataverse" / "UNVotes-1.RData").read_bytes()
    parsed = read(landing, data, "UNVotes-1.RData")
    votes, roll_calls = parsed.tables["voeten_votes"], parsed.tables["voeten_roll_calls"]
    # 6,548 by rcid, symbol and day, of which one is there under two numbers.
    assert roll_calls.height == 6_547
    assert roll_calls["rcid"].n_unique() == 6_544
    assert sorted(key for key in roll_calls["roll_call"] if "." in key) == [
        *("9413.1", "9413.2", "9420.1", "9420.2", "9432.1", "9432.2")
    ]
    assert votes.height == 1_279_157 - 193
    assert votes["ccode"].null_count() == 0
    assert votes.select("roll_call", "ccode").is_duplicated().sum() == 0
    assert roll_calls["vote_date"].max() == date(2024, 6, 4)
    by_rule = rules(parsed)
    assert (by_rule[OF_TURKEY], by_rule[SEVERAL], by_rule[TWICE]) == (85, 3, 1)
    unmarked = votes.join(roll_calls.filter(pl.col("amend").is_null()), on="roll_call", how="semi")
    assert unmarked.height == 1_212_573


@pytest.mark.mirror
def test_version_32_of_the_rehearsal(rehearsal: Path, landing: Path):
    data = (rehearsal / "dataverse" / "UNVotes.csv.gz").read_bytes()
    parsed = read(landing, data, "UNVotes.csv.gz")
    roll_calls = parsed.tables["voeten_roll_calls"]
    assert roll_calls.height == 6_465
    assert roll_calls["vote_date"].max() == date(2023, 9, 1)

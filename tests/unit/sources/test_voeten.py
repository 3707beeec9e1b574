"""Voeten's file: each layout and each known defect, on invented votes."""

import gzip
import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from unit.sources.making import VOETEN_COLUMNS, table, voeten_csv, voeten_rows
from unit.sources.serving import HURRIED, Answer, Server

from orchestration.sources import Origin, SourceError, landed_releases
from orchestration.sources.voeten import DOI, land, parse

LIST = f"api/datasets/:persistentId/?persistentId={DOI}"


def read(landing: Path, data: bytes, name: str = "UNVotes.csv"):
    (landing / "voeten").mkdir(parents=True)
    (landing / "voeten" / name).write_bytes(data)
    return parse(land(landing, Origin()).release)


def rules(parsed) -> dict[str, int]:
    return {it.rule: it.rows for it in parsed.repairs}


def test_rows(landing: Path):
    parsed = read(landing, voeten_csv(voeten_rows((1, 8, 9))))
    (row,) = parsed.tables["voeten_roll_calls"].drop("release").rows(named=True)
    assert row == {
        "file": "UNVotes.csv",
        "row_number": 1,
        "rcid": 7,
        "session": 62,
        "vote_date": date(2007, 12, 5),
        "year": 2007,
        "unres": "R/62/3",
        "amend": False,
        "para": False,
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
        (7, 900, "ATL", "Atlantis", 1, True),
        (7, 901, "BOR", "Borduria", 8, True),
        (7, 902, "RUR", "Ruritania", 9, False),
    ]
    assert rules(parsed) == {"empty flag (amend, para, topic codes, important): no": 1}


def test_release_is_named_after_its_newest_vote_and_bytes(landing: Path):
    (landing / "voeten").mkdir(parents=True)
    (landing / "voeten" / "UNVotes.csv").write_bytes(voeten_csv())
    release = land(landing, Origin()).release
    assert release.name == f"2007-12-05.{release.files[0].sha256[:8]}"
    assert release.date == date(2007, 12, 5)


def test_layout_with_totals_and_r_row_numbers_and_no_year(landing: Path):
    columns = ["", *(it for it in VOETEN_COLUMNS if it != "year"), "yes", "no", "abstain"]
    rows = voeten_rows(yes=101, no="3.0", abstain="NA", amend="NA", unres="A/RES/62/3")
    parsed = read(landing, table(rows, columns))
    (row,) = parsed.tables["voeten_roll_calls"].rows(named=True)
    assert (row["yes_stated"], row["no_stated"], row["abstain_stated"]) == (101, 3, None)
    assert row["year"] == 2007 and row["amend"] is False


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
    columns = [it for it in VOETEN_COLUMNS if it not in ("session", "resid")]
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
    columns = [it for it in VOETEN_COLUMNS if it != "member"]
    parsed = read(landing, table(voeten_rows((1, 9, 3), unres="NA"), columns))
    assert parsed.tables["voeten_roll_calls"]["unres"].to_list() == [None]
    assert parsed.tables["voeten_votes"]["member"].to_list() == [True, False, True]


def test_roll_call_described_in_two_ways(landing: Path):
    rows = voeten_rows()
    rows[2]["short"] = "SHIPS"
    parsed = read(landing, voeten_csv([*rows, *voeten_rows(rcid=8)]))
    assert parsed.tables["voeten_roll_calls"]["rcid"].to_list() == [7, 8]
    assert parsed.tables["voeten_roll_calls"]["short"].to_list() == ["SEAS, SHIPS"] * 2
    assert rules(parsed)["roll call described in more than one way: as on its first row"] == 1


def test_row_that_stands_twice_is_taken_once(landing: Path):
    parsed = read(landing, voeten_csv([*voeten_rows(), *voeten_rows()[:1]]))
    assert parsed.tables["voeten_votes"].height == 3
    assert rules(parsed)["row that stands there twice: once"] == 1


def test_state_that_votes_twice_is_refused(landing: Path):
    with pytest.raises(SourceError, match="row 4: vote is '3', expected one vote of a state"):
        read(landing, voeten_csv([*voeten_rows(), voeten_rows()[0] | {"vote": 3}]))


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
    with pytest.raises(SourceError, match=f"UNVotes.csv, row 2: .*{words}"):
        read(landing, voeten_csv(rows))


def test_r_data_is_refused_with_what_to_do(landing: Path):
    with pytest.raises(SourceError, match=r"R's own format.*write.csv"):
        read(landing, b"RDX3\n", "UNVotes.RData")


def test_unknown_layout_is_refused_by_the_columns_that_miss(landing: Path):
    columns = [it for it in VOETEN_COLUMNS if it not in ("ccode", "unres")]
    with pytest.raises(SourceError, match="columns that miss: ccode, unres; found: rcid, member"):
        read(landing, table(voeten_rows(), columns))


def listed(server: Server, version: int = 33, **changed) -> None:
    """Serve Dataverse's list of a dataset, and one file of it."""
    data = changed.pop("data", voeten_csv())
    server.put("api/access/datafile/11", data)
    file = {
        "id": 11,
        "filename": "UNVotes.csv",
        "filesize": len(data),
        "md5": hashlib.md5(data).hexdigest(),
    } | changed
    others = [{"id": 1, "filename": "AgreementScores.csv", "filesize": 5}]
    files = [{"dataFile": it} for it in [*others, file]]
    answer = {"data": {"latestVersion": {"versionNumber": version, "files": files}}}
    server.always(LIST, as_json(answer))


def as_json(answer: dict) -> Answer:
    return Answer(body=json.dumps(answer).encode(), headers={"Content-Type": "application/json"})


def dataverse(server: Server) -> Origin:
    return Origin(patience=HURRIED, dataverse_url=server.url)


def test_newest_version_of_dataverse(landing: Path, server: Server):
    listed(server)
    landed = land(landing, dataverse(server))
    assert landed.is_new and landed.release.name == "v33"
    assert landed.release.files[0].name == "UNVotes.csv"
    again = land(landing, dataverse(server))
    assert not again.is_new and "nothing newer" in again.reason
    assert server.times("api/access/datafile/11") == 1


def test_converted_file_is_fetched_as_the_original(landing: Path, server: Server):
    data = voeten_csv()
    listed(
        server,
        filename="UNVotes.tab",
        originalFileFormat="text/csv",
        originalFileSize=len(data),
        filesize=5,
        md5="of the conversion",
    )
    landed = land(landing, dataverse(server))
    assert landed.release.files[0].name == "UNVotes.csv"
    assert server.asked[-1][0].endswith("/11?format=original")


def test_version_that_changed_silently_is_an_error(landing: Path, server: Server):
    listed(server)
    first = land(landing, dataverse(server)).release
    listed(server, data=voeten_csv(voeten_rows((3, 3, 3))))
    with pytest.raises(SourceError, match="v33: another file under the name of a landed release"):
        land(landing, dataverse(server))
    assert landed_releases(landing, "voeten") == [first]


def test_file_that_is_not_the_listed_one(landing: Path, server: Server):
    listed(server, md5="0" * 32)
    landed = land(landing, dataverse(server))
    assert landed.release is None and "not the file that the list" in landed.reason


def test_version_with_r_data_alone(landing: Path, server: Server):
    listed(server, filename="UNVotes.RData")
    with pytest.raises(SourceError, match=r"found UNVotes.RData.*write.csv"):
        land(landing, dataverse(server))


def test_list_that_is_none(landing: Path, server: Server):
    server.always(LIST, as_json({"status": "ERROR"}))
    landed = land(landing, dataverse(server))
    assert landed.release is None and "no list of a dataset's files" in landed.reason


def test_mirror_by_url(landing: Path, server: Server):
    server.put("dataverse/UNVotes.csv", voeten_csv())
    origin = Origin(server.url, HURRIED)
    assert land(landing, origin).is_new
    assert not land(landing, origin).is_new
    assert "If-None-Match" in server.asked[-1][1]
    server.put(
        "dataverse/UNVotes.csv.gz", gzip.compress(voeten_csv(voeten_rows(date="2008-01-03")))
    )
    newer = land(landing, origin)
    assert newer.is_new and newer.release.name.startswith("2008-01-03.")


@pytest.mark.mirror
def test_rows_of_the_mirror(mirror: Path, landing: Path):
    parsed = parse(land(landing, Origin(str(mirror))).release)
    votes, roll_calls = parsed.tables["voeten_votes"], parsed.tables["voeten_roll_calls"]
    assert votes.height == 1_231_100
    assert votes.filter(votes["vote"].is_in([1, 2, 3])).height == 887_094
    assert roll_calls.height == 6_299
    assert (roll_calls["para"].sum(), roll_calls["amend"].sum()) == (991, 311)
    assert roll_calls["unres"].null_count() == 159

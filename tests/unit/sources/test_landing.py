"""The landing: a release enters whole or not at all, under one name, and is never changed."""

import gzip
import io
import json
import os
import shutil
import stat
import zipfile
from pathlib import Path

import polars as pl
import pytest
from unit.sources.making import refusal, undl_csv, undl_rows

from orchestration.sources import (
    SOURCES,
    LandingError,
    Origin,
    Outcome,
    SourceError,
    dropped_files,
    landed_releases,
    parsed_files,
    read_visit,
)
from orchestration.sources.landing import Landing, check_whole
from orchestration.sources.unpacking import unpacked

undl = SOURCES["undl"]
NOWHERE = Origin()


def drop(landing: Path, name: str, data: bytes, source: str = "undl") -> Path:
    (landing / source).mkdir(parents=True, exist_ok=True)
    (landing / source / name).write_bytes(data)
    return landing / source / name


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def test_a_persons_file_becomes_a_release(landing: Path):
    path = drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    assert dropped_files(landing, "undl") == [path]
    landed = undl.land(landing, NOWHERE)
    (outcome,) = landed.files
    assert outcome.outcome is Outcome.NEW and outcome.name == path.name
    assert outcome.reason == "landed as 2026-02-06"
    assert not dropped_files(landing, "undl")
    (release,) = landed_releases(landing, "undl")
    assert release == landed.release
    assert release.name == "2026-02-06" and str(release.date) == "2026-02-06"
    (file,) = release.files
    assert file.url is None
    assert (release.folder / file.name).read_bytes() == undl_csv()
    entries = [entry for entry in release.folder.iterdir() if entry.is_file()]
    assert len(entries) == 2
    for entry in entries:
        assert stat.S_IMODE(entry.stat().st_mode) == 0o444


def test_the_same_bytes_are_landed_once(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    first = undl.land(landing, NOWHERE).release
    before = (first.folder / "release.json").stat()
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    again = undl.land(landing, NOWHERE)
    assert not again.is_new and again.release == first
    assert [file.outcome for file in again.files] == [Outcome.UNCHANGED]
    assert again.files[0].reason == "landed already as 2026-02-06"
    assert not dropped_files(landing, "undl")
    assert (first.folder / "release.json").stat() == before


def test_other_bytes_under_a_landed_name_are_an_error_that_shows_both(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    first = undl.land(landing, NOWHERE).release
    changed = drop(landing, "2026_02_06_ga_voting.csv", undl_csv(undl_rows("YYY")))
    words = refusal(undl.land(landing, NOWHERE))
    assert words.startswith("2026-02-06: another file")
    assert first.files[0].sha256 in words
    assert words.count("sha256") == 1 and ", now " in words
    assert changed.exists()
    assert landed_releases(landing, "undl") == [first]


def test_an_older_release_is_landed_but_not_used(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    newest = undl.land(landing, NOWHERE).release
    drop(landing, "2025_9_19_ga_voting.csv", undl_csv(undl_rows("YYN")))
    landed = undl.land(landing, NOWHERE)
    assert landed.release == newest and not landed.is_new
    (outcome,) = landed.files
    assert outcome.outcome is Outcome.UNCHANGED
    assert outcome.reason == "landed as 2025-09-19, not used: older than 2026-02-06"
    assert [release.name for release in landed_releases(landing, "undl")] == [
        "2025-09-19",
        "2026-02-06",
    ]


def test_several_files_at_once_are_a_release_each(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    drop(landing, "2025_9_19_ga_voting.csv", undl_csv(undl_rows("YYN")))
    landed = undl.land(landing, NOWHERE)
    assert landed.is_new and landed.release.name == "2026-02-06"
    assert len(landed_releases(landing, "undl")) == 2


def test_a_refused_file_stays_where_it_was_put(landing: Path):
    path = drop(landing, "2026_02_06_ga_voting.csv", b"no,such,columns\n1,2,3\n")
    assert "missing columns" in refusal(undl.land(landing, NOWHERE))
    assert path.exists() and not landed_releases(landing, "undl")
    assert not list((landing / "undl").glob(".incoming-*"))


def test_unfinished_downloads_are_left_alone(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv.crdownload", b"und")
    drop(landing, ".hidden", b"")
    assert dropped_files(landing, "undl") == []


def test_what_a_killed_process_left_is_cleared(landing: Path):
    leftover = landing / "undl" / ".incoming-dead"
    leftover.mkdir(parents=True)
    (leftover / "half.csv").write_bytes(b"half")
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    assert undl.land(landing, NOWHERE).is_new
    assert not leftover.exists()


def test_killed_in_the_middle_loses_no_file_of_a_person(landing: Path):
    path = drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    child = os.fork()
    if not child:
        with Landing(landing, "undl").locked(), Landing(landing, "undl").staging() as folder:
            (folder / path.name).write_bytes(path.read_bytes()[:10])
            os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    assert list((landing / "undl").glob(".incoming-*"))
    assert undl.land(landing, NOWHERE).is_new


def test_a_landed_file_that_was_changed_is_refused(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    release = undl.land(landing, NOWHERE).release
    file = release.folder / release.files[0].name
    file.chmod(0o644)
    file.write_bytes(undl_csv(undl_rows("YYY")))
    with pytest.raises(SourceError, match="not the bytes that were landed"):
        undl.parse(release)
    file.unlink()
    with pytest.raises(SourceError, match="No such file"):
        check_whole(release)


def test_a_folder_that_is_no_release_is_passed_over(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    undl.land(landing, NOWHERE)
    for name, manifest in {
        "a": "{",
        "b": "{}",
        "c": '{"source": 1, "date": "x", "files": []}',
    }.items():
        (landing / "undl" / name).mkdir()
        (landing / "undl" / name / "release.json").write_text(manifest)
    (landing / "undl" / "notes").mkdir()
    assert [release.name for release in landed_releases(landing, "undl")] == ["2026-02-06"]


def test_manifest_says_what_landed(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    release = undl.land(landing, NOWHERE).release
    said = json.loads((release.folder / "release.json").read_text())
    assert said["date"] == "2026-02-06"
    assert said["files"][0]["sha256"] == release.files[0].sha256


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("2026_02_06_ga_voting.csv.gz", gzip.compress(undl_csv())),
        ("2026_02_06_ga_voting.zip", zipped(**{"in/2026_02_06_ga_voting.csv": undl_csv()})),
        (
            "2026_02_06_ga_voting.zip",
            zipped(**{"v.csv": undl_csv(), "__MACOSX/._v.csv": b"x", "README.md": b"read"}),
        ),
        ("2026_02_06_ga_voting.csv", b"\xef\xbb\xbf" + undl_csv()),
    ],
)
def test_every_packing_holds_the_same_rows(landing: Path, name: str, data: bytes):
    drop(landing, name, data)
    release = undl.land(landing, NOWHERE).release
    votes = undl.parse(release).tables["undl_votes"]
    assert votes["ms_vote"].to_list() == ["Y", "N", "A"]
    assert votes["undl_id"].to_list() == ["900001"] * 3


def test_landing_that_cannot_be_written(landing: Path):
    landing.mkdir()
    (landing / "undl").write_text("a file where a folder should be")
    with pytest.raises(LandingError, match="writable folder"):
        undl.land(landing, NOWHERE)


def test_not_utf8_is_named_by_line(tmp_path: Path):
    path = tmp_path / "x.csv"
    # The bad byte comes after the first chunk that is read.
    path.write_bytes(b"a,b\n" + b"1,2\n" * 300_000 + "é".encode("latin-1") + b",2\n")
    with pytest.raises(SourceError, match="line 300002: not UTF-8"), unpacked(path):
        pass


def test_letters_across_pieces_are_whole(tmp_path: Path):
    path = tmp_path / "x.csv"
    data = b"a" + "é".encode() * 1_000_000
    path.write_bytes(data)
    with unpacked(path) as plain:
        assert plain.read_bytes() == data


def test_the_same_bytes_under_another_name_are_unchanged(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    first = undl.land(landing, NOWHERE).release
    drop(landing, "2027_01_01_ga_voting.csv", undl_csv())
    again = undl.land(landing, NOWHERE)
    (outcome,) = again.files
    assert outcome.outcome is Outcome.UNCHANGED and again.release == first
    assert "the same votes as in 2026_02_06_ga_voting.csv" in outcome.reason
    assert not dropped_files(landing, "undl")


def test_a_refused_file_is_not_taken_for_something_newer_again(landing: Path):
    path = drop(landing, "2026_02_06_ga_voting.csv", b"no,such,columns\n1,2,3\n")
    assert undl.waiting(landing) == [path]
    words = refusal(undl.land(landing, NOWHERE))
    assert undl.waiting(landing) == []
    probed = undl.probe(landing, NOWHERE)
    assert not probed.is_new and refusal(probed) == words
    path.write_bytes(undl_csv())
    assert undl.waiting(landing) == [path]
    assert undl.probe(landing, NOWHERE).is_new
    assert undl.land(landing, NOWHERE).is_new


def test_a_refused_file_keeps_the_mirror_from_nothing(landing: Path, tmp_path: Path):
    drop(landing, "2027_02_06_ga_voting.csv", b"no,such,columns\n1,2,3\n")
    (tmp_path / "mirror" / "undl").mkdir(parents=True)
    (tmp_path / "mirror" / "undl" / "2026_02_06_ga_voting.csv").write_bytes(undl_csv())
    landed = undl.land(landing, Origin(str(tmp_path / "mirror")))
    assert [file.outcome for file in landed.files] == [Outcome.REFUSED, Outcome.NEW]
    assert landed.release and landed.release.name == "2026-02-06"


def test_visits_are_remembered(landing: Path, tmp_path: Path):
    assert read_visit(landing, "undl").last_asked is None
    gone = Origin(str(tmp_path / "gone"))
    assert undl.land(landing, gone).not_in_reach
    first = read_visit(landing, "undl")
    assert first.last_asked and first.last_reached is None and first.last_new is None
    assert [file.outcome for file in first.files] == [Outcome.NOT_IN_REACH]
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    undl.land(landing, gone)
    second = read_visit(landing, "undl")
    assert second.last_reached and second.last_new
    undl.land(landing, gone)
    third = read_visit(landing, "undl")
    assert third.last_reached == second.last_reached and third.last_new == second.last_new
    (landing / "undl" / "visits.json").write_text("{")
    assert read_visit(landing, "undl").last_asked is None
    assert dropped_files(landing, "undl") == []


def parsed(landing: Path):
    (release,) = landed_releases(landing, "undl")
    return release, parsed_files(undl, landing, release)


def test_a_file_is_parsed_once(landing: Path, monkeypatch: pytest.MonkeyPatch):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv(undl_rows(session="11emsp")))
    undl.land(landing, NOWHERE)
    monkeypatch.setattr(type(undl), "read", lambda *_: pytest.fail("read again"))
    _, found = parsed(landing)
    assert pl.read_parquet(found.tables["undl_votes"])["ms_vote"].to_list() == ["Y", "N", "A"]
    assert [one.rows for one in found.corrections] == [3]


@pytest.mark.parametrize(
    "fault", ["none", "gone", "cut", "changed", "another parser", "other columns", "no list"]
)
def test_parquet_that_is_not_whole_is_made_anew(
    landing: Path, fault: str, monkeypatch: pytest.MonkeyPatch
):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    undl.land(landing, NOWHERE)
    release, first = parsed(landing)
    table = first.tables["undl_votes"]
    manifest = table.with_name("parsed.json")
    whole = table.read_bytes()
    if fault == "gone":
        table.unlink()
    elif fault == "cut":
        table.write_bytes(whole[:-40])
    elif fault == "changed":
        table.write_bytes(whole[:40] + b"x" + whole[41:])
    elif fault == "another parser":
        monkeypatch.setattr(type(undl), "parser", 99)
    elif fault == "other columns":
        said = json.loads(manifest.read_text())
        said["tables"]["undl_votes"]["columns"] += ", more varchar"
        manifest.write_text(json.dumps(said))
    elif fault == "no list":
        manifest.unlink()
    before = manifest.stat().st_ino if manifest.exists() else None
    _, again = parsed(landing)
    assert pl.read_parquet(again.tables["undl_votes"])["ms_vote"].to_list() == ["Y", "N", "A"]
    assert (manifest.stat().st_ino == before) == (fault == "none")
    assert json.loads(manifest.read_text())["parser"] == type(undl).parser


def test_a_landing_without_parquet_is_parsed(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    release = undl.land(landing, NOWHERE).release
    shutil.rmtree(release.folder / "parsed")
    _, found = parsed(landing)
    assert pl.read_parquet(found.tables["undl_votes"]).height == 3


def test_a_probe_writes_no_release(landing: Path, tmp_path: Path):
    (tmp_path / "mirror" / "undl").mkdir(parents=True)
    (tmp_path / "mirror" / "undl" / "2026_02_06_ga_voting.csv").write_bytes(undl_csv())
    probed = undl.probe(landing, Origin(str(tmp_path / "mirror")))
    assert probed.is_new and probed.release is None
    assert landed_releases(landing, "undl") == []
    assert [path.name for path in (landing / "undl").iterdir()] == ["visits.json"]

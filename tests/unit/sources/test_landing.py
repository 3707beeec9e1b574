"""The landing: a release enters whole or not at all, under one name, and is never changed."""

import gzip
import io
import json
import os
import stat
import zipfile
from pathlib import Path

import pytest
from unit.sources.making import undl_csv, undl_rows

from orchestration.sources import SOURCES, Origin, SourceError, dropped_files, landed_releases
from orchestration.sources.landing import check_whole, staging, unpacked

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
    assert landed.is_new and "a person's file" in landed.reason
    assert not dropped_files(landing, "undl")
    (release,) = landed_releases(landing, "undl")
    assert release == landed.release
    assert release.name == "2026-02-06" and str(release.date) == "2026-02-06"
    (file,) = release.files
    assert file.url is None
    assert (release.folder / file.name).read_bytes() == undl_csv()
    for entry in release.folder.iterdir():
        assert stat.S_IMODE(entry.stat().st_mode) == 0o444


def test_the_same_bytes_are_landed_once(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    first = undl.land(landing, NOWHERE).release
    before = (first.folder / "release.json").stat()
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    again = undl.land(landing, NOWHERE)
    assert not again.is_new and again.release == first
    assert "landed already" in again.reason
    assert not dropped_files(landing, "undl")
    assert (first.folder / "release.json").stat() == before


def test_other_bytes_under_a_landed_name_are_an_error_that_shows_both(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    first = undl.land(landing, NOWHERE).release
    changed = drop(landing, "2026_02_06_ga_voting.csv", undl_csv(undl_rows("YYY")))
    with pytest.raises(SourceError, match="2026-02-06.*another file") as refused:
        undl.land(landing, NOWHERE)
    assert first.files[0].sha256 in str(refused.value)
    assert str(refused.value).count("sha256") == 1 and ", now " in str(refused.value)
    assert changed.exists()
    assert landed_releases(landing, "undl") == [first]


def test_an_older_release_is_landed_but_not_used(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    newest = undl.land(landing, NOWHERE).release
    drop(landing, "2025_9_19_ga_voting.csv", undl_csv(undl_rows("YYN")))
    landed = undl.land(landing, NOWHERE)
    assert landed.release == newest and not landed.is_new
    assert "2025-09-19 is landed but not used: it is older than 2026-02-06" in landed.reason
    assert [it.name for it in landed_releases(landing, "undl")] == ["2025-09-19", "2026-02-06"]


def test_several_files_at_once_are_a_release_each(landing: Path):
    drop(landing, "2026_02_06_ga_voting.csv", undl_csv())
    drop(landing, "2025_9_19_ga_voting.csv", undl_csv(undl_rows("YYN")))
    landed = undl.land(landing, NOWHERE)
    assert landed.is_new and landed.release.name == "2026-02-06"
    assert len(landed_releases(landing, "undl")) == 2


def test_a_refused_file_stays_where_it_was_put(landing: Path):
    path = drop(landing, "2026_02_06_ga_voting.csv", b"no,such,columns\n1,2,3\n")
    with pytest.raises(SourceError, match="columns that miss"):
        undl.land(landing, NOWHERE)
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
        with staging(landing, "undl") as folder:
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
    assert [it.name for it in landed_releases(landing, "undl")] == ["2026-02-06"]


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
    with pytest.raises(SourceError, match="has to be a folder"):
        undl.land(landing, NOWHERE)


def test_not_utf8_is_named_by_line(tmp_path: Path):
    path = tmp_path / "x.csv"
    # The bad byte stands after the first piece that is read.
    path.write_bytes(b"a,b\n" + b"1,2\n" * 300_000 + "é".encode("latin-1") + b",2\n")
    with pytest.raises(SourceError, match="line 300002: not UTF-8"), unpacked(path):
        pass


def test_letters_across_pieces_are_whole(tmp_path: Path):
    path = tmp_path / "x.csv"
    data = b"a" + "é".encode() * 1_000_000
    path.write_bytes(data)
    with unpacked(path) as plain:
        assert plain.read_bytes() == data

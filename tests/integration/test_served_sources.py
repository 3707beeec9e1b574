"""The sources as they are served today, on an empty landing: what lands, and what is asked again.

Belongs here: landing from servers that answer as the public ones do. Not here: what is published
from it.
"""

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Sources, served_sources

from orchestration.automation.updates import in_words, updates
from orchestration.layout import Layout
from orchestration.sources import SOURCES, Origin, Outcome, landed_releases, read_visit

pytestmark = pytest.mark.mirror


@pytest.fixture(scope="module")
def sources(
    mirror: Path, rehearsal: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sources]:
    with served_sources(mirror, rehearsal, tmp_path_factory.mktemp("served")) as served:
        yield served


def origin(sources: Sources) -> Origin:
    return Origin(unxml_url=f"{sources.url}/raw", dataverse_url=sources.url)


@pytest.fixture(scope="module")
def first(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse's folder in which everything served has landed. Not to be changed."""
    folder = tmp_path_factory.mktemp("warehouse")
    found = updates(Layout(folder), origin(sources), land=True)
    assert all(not landed.refused and not landed.not_in_reach for landed in found.outcomes.values())
    return folder


@pytest.fixture
def layout(first: Path, tmp_path: Path) -> Layout:
    shutil.copytree(first, tmp_path / "warehouse")
    return Layout(tmp_path / "warehouse")


def test_every_source_but_the_official_file_lands_without_a_hand(first: Path):
    landing = Layout(first).landing(synthetic=False)
    names = {name: [one.name for one in landed_releases(landing, name)] for name in SOURCES}
    assert names["undl"] == [] and names["voeten"] == ["v33"]
    (release,) = landed_releases(landing, "unxml")
    assert len(release.files) == 10 and all(file.etag for file in release.files)
    assert "download the newest" in read_visit(landing, "undl").note


def test_nothing_new_is_told_by_small_requests_alone(layout: Layout, sources: Sources):
    sources.asked.clear()
    for land in (False, True):
        found = updates(layout, origin(sources), land=land)
        assert not any(landed.is_new for landed in found.outcomes.values())
        assert in_words(found.outcomes) == ""
    assert not [path for path in sources.asked if path.startswith(("/api/access", "/storage"))]
    # The next session was requested and is not there, which is not a fault.
    assert "/raw/81.json" in sources.asked


def test_a_next_session_is_found(layout: Layout, sources: Sources):
    text = (sources.unxml_folder / "80.json").read_text(encoding="utf-8")
    later = text.replace("A/RES/80/", "A/RES/81/")
    try:
        (sources.unxml_folder / "81.json").write_text(later, encoding="utf-8")
        found = updates(layout, origin(sources), ["unxml"])
        assert "unxml: 81.json" in found.newer
        (sources.unxml_folder / "81.json").write_text(later[:-500], encoding="utf-8")
        landed = updates(layout, origin(sources), ["unxml"], land=True).outcomes["unxml"]
        assert [file.name for file in landed.refused] == ["81.json"] and not landed.is_new
        probed = updates(layout, origin(sources), ["unxml"]).outcomes["unxml"]
        assert [file.name for file in probed.refused] == ["81.json"]
        (sources.unxml_folder / "81.json").write_text(later, encoding="utf-8")
        landed = updates(layout, origin(sources), ["unxml"], land=True).outcomes["unxml"]
        new = [file.name for file in landed.files if file.outcome is Outcome.NEW]
        assert new == ["81.json"] and not landed.refused
    finally:
        (sources.unxml_folder / "81.json").unlink()


def test_the_official_file_lands_beside_them_packed_or_not(
    layout: Layout, sources: Sources, rehearsal: Path
):
    (file,) = (rehearsal / "undl").glob("*.csv.gz")
    landing = layout.landing(synthetic=False)
    shutil.copyfile(file, landing / "undl" / file.name)
    landed = updates(layout, origin(sources), ["undl"], land=True).outcomes["undl"]
    assert landed.release and landed.release.name == "2026-02-06"
    with gzip.open(file) as packed:
        (landing / "undl" / file.stem).write_bytes(packed.read())
    again = updates(layout, origin(sources), ["undl"], land=True).outcomes["undl"]
    (outcome,) = again.files
    assert outcome.outcome is Outcome.UNCHANGED and again.release == landed.release

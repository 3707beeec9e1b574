"""Shared by all tests: the mirror, a built sample, and no telemetry.

Belongs here: fixtures that several folders of tests use. Not here: data of one test.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from warehouses import unga

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")

ROOT = Path(__file__).parents[1]


def pytest_configure() -> None:
    """Parse the dbt project once, before the workers of a run collect the tests of its manifest."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        from orchestration.assets.dbt import manifest

        manifest()


# Files that take a minute or more. They come first, the longest at the head, so that no worker is
# left alone with one at the end; the second of a run need not wait for what the first builds.
LONGEST = (
    "test_world.py",
    "test_kill.py",
    "test_explorer.py",
    "test_serve.py",
    "test_disk.py",
    "test_concurrency.py",
    "test_every_check_can_fail.py",
    "test_voeten.py",
    "test_ui.py",
    "test_retention.py",
    "test_refresh.py",
    "test_estimate.py",
    "test_exports.py",
    "test_ten_years.py",
    "test_landing_assets.py",
    "test_alerts.py",
    "test_docs.py",
    "test_changes.py",
    "test_ui_ends.py",
    "test_status.py",
    "test_schedules.py",
    "test_report.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need a whole refresh of the real votes, by their fixture; order files."""
    for item in items:
        if "built_mirror" in getattr(item, "fixturenames", ()):
            item.add_marker("real_refresh")
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The real votes in the folder named by UNGA_MIRROR; skips with a message without it."""
    named = os.environ.get("UNGA_MIRROR", "")
    if not named:
        pytest.skip("UNGA_MIRROR is not set: the real votes are not tested here")
    folder = Path(named)
    folder = folder if folder.is_absolute() else ROOT / folder
    if not folder.is_dir():
        pytest.skip(f"UNGA_MIRROR={named} is no folder: the real votes are not tested here")
    return folder


@pytest.fixture(scope="session")
def rehearsal() -> Path:
    """The folder of files as the sources serve them, which UNGA_REHEARSAL names.

    Else the folder `rehearsal` beside the mirror's; without it, the test is reported as skipped.
    """
    mirror = os.environ.get("UNGA_MIRROR", "")
    beside = Path(mirror).parent / "rehearsal" if mirror and "://" not in mirror else None
    named = os.environ.get("UNGA_REHEARSAL", "")
    folder = Path(named) if named else beside
    if folder is None:
        pytest.skip("neither UNGA_REHEARSAL nor UNGA_MIRROR is set: no files as they are served")
    folder = folder if folder.is_absolute() else ROOT / folder
    if not folder.is_dir():
        pytest.skip(f"{folder} is no folder: files as they are served are not tested here")
    return folder


def made_once(
    tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]
) -> Path:
    """A folder shared by all workers of a test run, filled by the first that needs it."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    folder, made = root / name, root / f"{name}.made"
    with FileLock(root / f"{name}.lock"):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


def build(warehouse: Path, *arguments: str, **variables: str) -> None:
    """Run the command line, which must succeed."""
    made = unga(warehouse, *arguments, **variables)
    assert made.returncode == 0, made.stdout + made.stderr


@pytest.fixture(scope="session")
def first_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which `unga sample` has run, and nothing else. Not to be changed."""
    return made_once(tmp_path_factory, "first", lambda folder: build(folder, "sample"))


@pytest.fixture(scope="session")
def built_sample(first_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which `unga sample` and a short `unga estimate` have run.

    Not to be changed: see `sample_warehouse`.
    """

    def estimated(folder: Path) -> None:
        shutil.copytree(first_sample, folder, dirs_exist_ok=True)
        build(folder, "estimate", "--sample", "--short")

    return made_once(tmp_path_factory, "built", estimated)


@pytest.fixture(scope="session")
def built_mirror(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which `unga refresh` has run on the mirror's real votes. Not to be changed."""
    return made_once(
        tmp_path_factory, "real", lambda folder: build(folder, "refresh", mirror=str(mirror))
    )


@pytest.fixture
def sample_warehouse(built_sample: Path, tmp_path: Path) -> Path:
    """A copy of the built sample's warehouse, for one test to change."""
    warehouse = tmp_path / "warehouse"
    shutil.copytree(built_sample, warehouse)
    return warehouse

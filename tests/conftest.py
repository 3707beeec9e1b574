"""What every test shares: the mirror, a built sample, and that nothing calls home.

Belongs here: fixtures that several folders of tests use. Not here: data of one test.
"""

import os
import shutil
from pathlib import Path

import pytest
from warehouses import unga

os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real votes that UNGA_MIRROR names; the test is skipped aloud without it."""
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

    Else the folder `rehearsal` beside the mirror's; the test is skipped aloud without it.
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


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which `unga sample` has run. Not to be changed: see `sample_warehouse`."""
    warehouse = tmp_path_factory.mktemp("built")
    made = unga(warehouse, "sample")
    assert made.returncode == 0, made.stdout + made.stderr
    return warehouse


@pytest.fixture(scope="session")
def built_mirror(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse in which `unga refresh` has run on the mirror's real votes. Not to be changed."""
    warehouse = tmp_path_factory.mktemp("real")
    made = unga(warehouse, "refresh", mirror=str(mirror))
    assert made.returncode == 0, made.stdout + made.stderr
    return warehouse


@pytest.fixture
def sample_warehouse(built_sample: Path, tmp_path: Path) -> Path:
    """A copy of the built sample's warehouse, for one test to change."""
    warehouse = tmp_path / "warehouse"
    shutil.copytree(built_sample, warehouse)
    return warehouse

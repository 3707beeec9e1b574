"""What every test shares: where the mirror is, and that nothing calls home.

Belongs here: fixtures that several folders of tests use. Not here: data of one test.
"""

import os
from pathlib import Path

import pytest

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

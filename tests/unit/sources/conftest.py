"""Shared by the tests of sources: an empty landing and a local server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.sources.serving import Server


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    return tmp_path / "landing"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server(tmp_path / "served") as serving:
        yield serving

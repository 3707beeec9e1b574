"""The README and the other pages match the project.

Belongs here: names, links and facts of the pages against the code. Not here: running their blocks
(integration/test_docs.py).
"""

import re
import tomllib
from pathlib import Path

import pytest
import typer
from pages import PAGES, ROOT

from orchestration.cli.app import app
from orchestration.sources import SOURCES

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


def test_every_command_is_listed_and_no_other() -> None:
    told = set(re.findall(r"^\| `unga ([a-z-]+)", README, re.MULTILINE))
    assert told == set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    commands = set(re.findall(r"[`$ ]unga ([a-z][a-z-]+)", text))
    assert commands <= set(typer.main.get_command(app).commands)


def test_every_make_target_is_told_and_no_other() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)) - {"help", "setup"}
    assert set(re.findall(r"\bmake ([a-z-]+)\b(?=`|$)", README, re.MULTILINE)) == targets


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_is_told_with_where_to_find_it(name: str) -> None:
    source = SOURCES[name].source
    assert f"| `{name}` |" in README
    assert source.url.removeprefix("https://doi.org/") in README


def test_the_python_versions_are_those_of_the_package() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert package["requires-python"] == ">=3.11,<3.14"
    assert "Python 3.11, 3.12 or 3.13" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []

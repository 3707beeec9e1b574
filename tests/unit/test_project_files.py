"""The files on what the project is and how it is checked agree with each other.

Belongs here: CITATION.cff, the workflow, the hooks. Not here: the README (test_readme.py).
"""

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def read(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_citation_has_the_version_and_licence_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = read("CITATION.cff")
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])


def test_every_package_is_installed():
    """A package that is not listed would be missing from an installation that is not editable."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    found = {
        ".".join(file.parent.relative_to(ROOT).parts)
        for package in settings["importlinter"]["root_packages"]
        for file in (ROOT / package).rglob("__init__.py")
    }
    # dbt's own folder is no package, but everything else imports its kernel.
    found.add("dbt_project.kernel")
    assert set(settings["setuptools"]["packages"]) == found


def test_the_workflow_runs_what_a_contributor_runs():
    (job,) = read(".github/workflows/ci.yml")["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]


def test_hooks_run_the_tools_of_the_lock():
    hooks = read(".pre-commit-config.yaml")["repos"]
    (local,) = [hook["hooks"] for hook in hooks if hook["repo"] == "local"]
    assert {hook["entry"].split()[0] for hook in local} == {".venv/bin/ruff", ".venv/bin/sqlfluff"}

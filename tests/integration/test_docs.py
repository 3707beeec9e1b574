"""Every command, snippet and query of the pages runs, on the synthetic Assembly.

Belongs here: running blocks as a reader would. Not here: whether an answer is right on real votes
(test_docs_questions.py), or whether a page is up to date (test_docs_dictionary.py).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import ROOT, Block, blocks

from orchestration.published.query import open_published

pytestmark = pytest.mark.snippets

TEXT = "text"
BLOCKS = blocks()
NOT_COPIED = shutil.ignore_patterns(
    ".*", "*.egg-info", "__pycache__", "target", "logs", "dagster_home", "*.duckdb", "landing"
)


def of_kind(kind: str) -> pytest.MarkDecorator:
    """One test a block."""
    return pytest.mark.parametrize(
        "block", [block for block in BLOCKS if block.kind == kind], ids=str
    )


@pytest.fixture(scope="module")
def checkout(built_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as readers have it after `make run`, with invented votes instead of real ones."""
    folder = tmp_path_factory.mktemp("reader") / "project"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    shutil.copytree(built_sample, folder / "warehouse", dirs_exist_ok=True)
    shutil.copyfile(folder / "warehouse/sample/unga.duckdb", folder / "warehouse/unga.duckdb")
    # The environment of the tests, which make takes for set up.
    (folder / ".venv").mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / part).symlink_to(Path(sys.prefix) / part)
    (folder / ".venv" / ".set-up").touch()
    return folder


def run(command: list[str], checkout: Path) -> None:
    """Run a command in the reader's folder; fail with its output if it fails."""
    done = subprocess.run(
        command,
        cwd=checkout,
        env=os.environ
        | {
            "PATH": f"{checkout / '.venv' / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(checkout),
            "UNGA_WAREHOUSE": str(checkout / "warehouse"),
            # It serves exactly what has landed, so that there are no updates.
            "UNGA_MIRROR": str(checkout / "warehouse" / "sample" / "mirror"),
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def skip_if_told(block: Block) -> None:
    """Skip a block of which the page says why it is not run."""
    if block.not_run:
        pytest.skip(f"the page says: {block.not_run}")


def test_every_block_is_of_a_kind_that_is_run() -> None:
    strange = [f"{block}: {block.kind!r}" for block in BLOCKS if block.kind not in (*RUN, TEXT)]
    assert not strange, f"blocks must be one of {', '.join(RUN)} or {TEXT}: {strange}"


@of_kind("bash")
def test_commands_run(block: Block, checkout: Path) -> None:
    skip_if_told(block)
    run(["bash", "-euo", "pipefail", "-c", block.code], checkout)


@of_kind("python")
def test_python_runs(block: Block, checkout: Path) -> None:
    skip_if_told(block)
    run([sys.executable, "-c", block.code], checkout)


@of_kind("r")
def test_r_runs(block: Block, checkout: Path) -> None:
    skip_if_told(block)
    rscript = shutil.which("Rscript")
    if not rscript:
        pytest.skip("Rscript is not there: the R snippets are not run here")
    if subprocess.run([rscript, "-e", "library(duckdb)"], capture_output=True).returncode:
        pytest.skip("R has no package duckdb: the R snippets are not run here")
    run([rscript, "-e", block.code], checkout)


@of_kind("sql")
def test_queries_run(block: Block, built_sample: Path) -> None:
    skip_if_told(block)
    with open_published(built_sample / "sample/unga.duckdb") as published:
        assert published.sql(block.code).columns
        published.sql(block.code).fetchall()


RUN = ("bash", "python", "r", "sql")

"""The folders of reports, and the index of them.

Belongs here: putting a report whole into its place, and listing those that are there. Not here:
what a report's folder is called (question.py), or what is in it (page.py).
"""

import fcntl
import html
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.question import ReportError

PAGE = "report.html"
# What the report draws (figures.py): nothing else is taken for its own.
FIGURE = re.compile(r"(years|topics|opposition(-\d+)?|world)\.(png|svg)")
# The index reads what a page says of itself at its beginning.
HEAD = 4096


def environment() -> Environment:
    """The templates; whatever is put into them is escaped."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A folder to write a report into, which takes the place of `folder` when all is written.

    Nothing of the report that was there stays; it is moved away when the new one is whole, just
    before that is moved in, and if writing fails it remains. Raises ReportError if `folder` is a
    file, or holds anything but a report: that is somebody else's, and would be lost.
    """
    folder = folder.absolute()
    _refuse_what_is_not_a_report(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".report-", dir=folder.parent) as beside:
        new, old = Path(beside) / "new", Path(beside) / "old"
        with _held(Path(beside)):
            new.mkdir()
            yield new
            _put(new, folder, old)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """A lock on a folder, which tells that its writer lives: the kernel frees it if not."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _put(new: Path, folder: Path, old: Path) -> None:
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise


def _refuse_what_is_not_a_report(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ReportError(f"{folder} is a file: name a folder for the report.")
    files = sorted(folder.iterdir())
    for file in files:
        if file.is_dir() or not (file.name == PAGE or FIGURE.fullmatch(file.name)):
            raise ReportError(
                f"{folder} holds {file.name}, which is no part of a report: name another folder."
            )
    if files and not (folder / PAGE).exists():
        raise ReportError(f"{folder} holds files, but no {PAGE}: name another folder.")


def write_index(reports: Path) -> Path:
    """Write the page `index.html` that lists the reports in this folder; returns its path."""
    found = [_about(page) for page in sorted(reports.glob(f"[!.]*/{PAGE}"))]
    index, beside = reports / "index.html", reports / ".index.html"
    beside.write_text(
        environment().get_template("index.html.j2").render(reports=found), encoding="utf-8"
    )
    beside.replace(index)
    return index


def _about(page: Path) -> dict[str, str]:
    """What the head of a page says the report is."""
    with page.open(encoding="utf-8") as opened:
        head = opened.read(HEAD)
    title = re.search(r"<title>(.*?)</title>", head, re.DOTALL)
    about = re.search(r'<meta name="description" content="(.*?)">', head, re.DOTALL)
    return {
        "link": f"{page.parent.name}/{page.name}",
        "title": html.unescape(title[1]) if title else page.parent.name,
        "about": html.unescape(about[1]) if about else "",
    }

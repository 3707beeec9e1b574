"""The folders of reports, and the index of them.

Belongs here: moving a complete report into place, and listing the existing ones. Not here: the name
of a report's folder (question.py), or its contents (page.py).
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
# The report's figures (figures.py): no other files count as part of it.
FIGURE = re.compile(r"(years|ideal-points|topics|opposition(-\d+)?|world)\.(png|svg)")
# The index reads a page's own description at its beginning.
HEAD = 4096


def environment() -> Environment:
    """The templates; all values are escaped."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A folder to write a report into, which replaces `folder` once everything is written.

    Nothing of an existing report remains: it is moved away when the new one is complete, just
    before that is moved into place; if writing fails, it stays. Raises ReportError if `folder` is a
    file, or holds anything but a report, which would otherwise be lost.
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
    """A lock on a folder, which shows that its writer is alive: else the kernel releases it."""
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
                f"{folder} holds {file.name}, which is not part of a report: name another folder."
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
    """The description of the report in the head of its page."""
    with page.open(encoding="utf-8") as opened:
        head = opened.read(HEAD)
    title = re.search(r"<title>(.*?)</title>", head, re.DOTALL)
    about = re.search(r'<meta name="description" content="(.*?)">', head, re.DOTALL)
    return {
        "link": f"{page.parent.name}/{page.name}",
        "title": html.unescape(title[1]) if title else page.parent.name,
        "about": html.unescape(about[1]) if about else "",
    }

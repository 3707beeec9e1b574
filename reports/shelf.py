"""The folders of reports, and the index of them.

Belongs here: putting a report whole into its place, and listing those that are there. Not here:
what a report's folder is called (question.py), or what is in it (page.py).
"""

import html
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.question import ReportError

PAGE = "report.html"
FIGURES = {".png", ".svg"}
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

    Nothing of the report that was there stays, and it is there whole until then; if writing fails
    it remains. Raises ReportError if `folder` is a file, or holds anything but a report: that is
    somebody else's, and would be lost.
    """
    folder = folder.absolute()
    _refuse_what_is_not_a_report(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".report-", dir=folder.parent) as beside:
        new, old = Path(beside) / "new", Path(beside) / "old"
        new.mkdir()
        yield new
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
    for file in sorted(folder.iterdir()):
        if file.is_dir() or not (file.name == PAGE or file.suffix in FIGURES):
            raise ReportError(
                f"{folder} holds {file.name}, which is no part of a report: name another folder."
            )


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

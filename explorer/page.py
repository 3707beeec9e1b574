"""The page as a file: votes, scripts and styles in one, which opens from disk.

Belongs here: gathering the parts into the template, and replacing the page of before. Not here:
what the votes are (data.py), the page's HTML (index.html.j2) and its scripts (static/).
"""

import base64
import gzip
import hashlib
import os
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from explorer.binary import unpack
from explorer.data import WORLD, ExplorerError, votes_of
from orchestration.published.study import configured_study
from reports.vega import VEGA_LITE, in_html, vega

PAGE = "index.html"
HERE = Path(__file__).parent
STATIC = HERE / "static"
# Besides the explorer's own files: what else words, leaves out or draws what the page shows.
BESIDE = (
    HERE.parent / "orchestration" / "published" / "citation.py",
    HERE.parent / "orchestration" / "published" / "public.py",
    HERE.parent / "reports" / "narrative.py",
    HERE.parent / "reports" / "vega.py",
    WORLD,
)
# The page says in its head what it was made from.
_MADE_FROM = re.compile(r'<meta name="unga-explorer" content="([^"]*)">')
_HEAD = 1024
_IMPORT = re.compile(r'^import (?:[^;]*? from )?"(?P<module>\./[^"]+|\.\./[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:const|function)\b)", re.MULTILINE)


def build_explorer(database: Path, folder: Path, public: bool = False) -> Path:
    """Write the page on a published file into a folder; returns its path.

    With `public`, without what may not be passed on. The database is only read. A page of before is
    replaced once the new one is complete. Raises QueryError if nothing is published there,
    ExplorerError if the file is of an older version or the folder has another page of that name.
    """
    page = folder / PAGE
    if page.exists() and made_from(page) is None:
        raise ExplorerError(f"{page} is not a page of the explorer: name another folder.")
    key = _key(database, public)
    rendered = _rendered(votes_of(database, public), key)
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{PAGE}.{os.getpid()}"
    try:
        beside.write_text(rendered, encoding="utf-8")
        beside.replace(page)
    finally:
        beside.unlink(missing_ok=True)
    return page


def is_current(page: Path, database: Path, public: bool = False) -> bool:
    """Whether the page there was made from this published file, by this version of the explorer."""
    return page.exists() and database.exists() and made_from(page) == _key(database, public)


def made_from(page: Path) -> str | None:
    """What the page's head says it was made from; None if it is not a page of the explorer."""
    with page.open(encoding="utf-8", errors="replace") as opened:
        found = _MADE_FROM.search(opened.read(_HEAD))
    return found[1] if found else None


def _key(database: Path, public: bool) -> str:
    """What a page is made from: this state of the file, the study, and the code and outlines."""
    try:
        state = database.stat()
    except FileNotFoundError:
        return ""
    given = (state.st_mtime_ns, state.st_size, public, configured_study(), VEGA_LITE)
    digest = hashlib.sha256(f"{given}".encode())
    own = sorted([*HERE.glob("*.py"), *HERE.glob("*.j2"), *STATIC.rglob("*.*")])
    for path in (*own, *BESIDE):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _rendered(votes: bytes, key: str) -> str:
    header, _ = unpack(votes)
    templates = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    packed = gzip.compress(votes, compresslevel=9, mtime=0)
    return templates.get_template("index.html.j2").render(
        made_from=key,
        synthetic=header["publication"]["synthetic"],
        style=Markup((STATIC / "page.css").read_text(encoding="utf-8")),
        votes=Markup(base64.b64encode(packed).decode()),
        vega=vega(),
        script=in_html(script()),
    )


def script(main: str = "page.js") -> str:
    """A module and all that it needs as one script, each after those that it imports.

    From disk a browser loads no modules; in one script they share their names, which therefore
    differ between modules.
    """
    ordered: list[Path] = []

    def put(module: Path) -> None:
        if module in ordered:
            return
        source = module.read_text(encoding="utf-8")
        for found in _IMPORT.finditer(source):
            put((module.parent / found["module"]).resolve())
        ordered.append(module)

    put(STATIC / main)
    parts = []
    for module in ordered:
        source = _IMPORT.sub("", module.read_text(encoding="utf-8"))
        parts.append(f"// {module.relative_to(STATIC)}\n{_EXPORT.sub('', source)}")
    return "\n".join(parts)

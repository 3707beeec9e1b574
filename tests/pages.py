"""The project's pages, the blocks of code in them, and the scripts that write some of them.

Belongs here: finding pages, their fenced blocks, and the scripts. Not here: running the blocks
(integration/test_docs.py), or what else a page must say (unit/test_readme.py).
"""

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("[!.]*/README.md")})

# A block, and on the line before the reason if it is not run.
_BLOCK = re.compile(
    r"(?:^<!-- not run: (?P<reason>.+) -->\n)?^```(?P<kind>.*)\n(?P<code>(?:(?!```).*\n)*)```$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `not_run` is the reason the page gives, if it gives one."""

    page: str
    line: int
    kind: str
    code: str
    not_run: str | None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks() -> list[Block]:
    """Every block of every page, in order."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        name = str(page.relative_to(ROOT))
        for block in _BLOCK.finditer(text):
            line = text.count("\n", 0, block.start("code"))
            found.append(Block(name, line, block["kind"], block["code"], block["reason"]))
    return found


def script(name: str) -> ModuleType:
    """A script of docs/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

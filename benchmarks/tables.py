"""The page of measurements, benchmarks/README.md: tables, and the machine they are from.

Belongs here: laying out and saving the results. Not here: measuring.
"""

import os
import platform
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

PAGE = Path(__file__).with_name("README.md")
HEAD = """# Speed and size

Measured by `make bench`, or one part by `python -m benchmarks PART`; the numbers of a part are from
one run, so ratios are comparable where seconds are not. {machine}
"""


def machine() -> str:
    """The machine in one sentence."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"The machine: {os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB of memory, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}."
    )


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; all columns but the first are numbers, right-aligned."""
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)


def seconds(value: float) -> str:
    """Seconds as text, with three significant digits."""
    return (
        f"{value:,.0f} s" if value >= 100 else f"{value:.1f} s" if value >= 1 else f"{value:.2f} s"
    )


def megabytes(value: float) -> str:
    """Bytes as megabytes of a million."""
    return f"{value / 1e6:,.0f} MB"


def keep(title: str, text: str, page: Path = PAGE) -> None:
    """Write a section into the page, replacing the one with the same title, else at the end."""
    old = page.read_text(encoding="utf-8") if page.exists() else ""
    sections = dict(re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", old, re.MULTILINE))
    sections[title] = text
    body = "\n".join(f"## {name}\n\n{words.strip()}\n" for name, words in sections.items())
    page.write_text(f"{HEAD.format(machine=machine())}\n{body}", encoding="utf-8")

"""`python -m benchmarks [PART ...]`: measure all parts, or those named, and save the results.

Belongs here: which parts there are, and in which order they share one published file. Not here: any
measuring.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    explorer,
    exports,
    field,
    growth,
    ideal_points,
    pairs,
    queries,
    refresh,
    scale_out,
    world,
)
from benchmarks.tables import keep, machine, seconds, table
from orchestration.layout import Layout

PAIRS = "Counting every pair"
PARTS = (
    "refresh",
    "world",
    "pairs",
    "queries",
    "exports",
    "field",
    "growth",
    "ideal_points",
    "explorer",
    "scale_out",
)
# Takes an hour: only if it is named.
LONG = ("scale_out",)


def main() -> None:
    """Measure, print, and write benchmarks/README.md."""
    asked = argparse.ArgumentParser("python -m benchmarks", description=__doc__.split("\n")[0])
    asked.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    asked.add_argument("--scales", help="of the sample, for growth: as in 1,2,3")
    asked.add_argument("--slices", help="roll calls, for field: as in 5,10,20")
    given = asked.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        asked.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    parts = given.parts or [part for part in PARTS if part not in LONG]
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder)
        if "refresh" in parts:
            _keep(refresh.TITLE, refresh.section(warehouse))
        else:
            warehouse = Layout.from_environment().folder
        if "world" in parts:
            _keep(world.TITLE, world.section(Path(folder)))
        published = Layout(warehouse).published(synthetic=False)
        of_file: dict[str, tuple[str, Callable[[Path], str]]] = {
            "pairs": (PAIRS, _pairs),
            "queries": (queries.TITLE, queries.section),
            "exports": (exports.TITLE, exports.section),
            "field": (
                field.TITLE,
                lambda file: field.section(file, _numbers(given.slices) or field.SLICES),
            ),
            "ideal_points": (ideal_points.TITLE, ideal_points.section),
            "explorer": (explorer.TITLE, explorer.section),
        }
        if not published.exists() and of_file.keys() & set(parts):
            asked.error(f"there is no {published}: run `unga refresh`, or the part refresh as well")
        for part in [name for name in of_file if name in parts]:
            title, section = of_file[part]
            _keep(title, section(published))
        if "scale_out" in parts:
            _keep(scale_out.TITLE, scale_out.section())
        if "growth" in parts:
            _keep(growth.TITLE, growth.section(_numbers(given.scales)))


def _keep(title: str, text: str) -> None:
    print(f"\n## {title}\n\n{text}", flush=True)
    keep(title, text)


def _numbers(text: str | None) -> tuple[int, ...] | None:
    return tuple(int(part) for part in text.split(",")) if text else None


def _pairs(published: Path) -> str:
    return table(
        ["method (same counts)", "seconds", "relative to the bound"],
        [
            [way, seconds(took), f"{ratio:.1f} times"]
            for way, took, ratio in pairs.measure(published)
        ],
    )


if __name__ == "__main__":
    main()

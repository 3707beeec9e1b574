"""The page and its figures as files.

Belongs here: gathering facts, narrative and figures into the template, and writing the files. Not
here: HTML itself (report.html.j2), or moving the files into place (shelf.py).
"""

import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import vl_convert
from markupsafe import Markup

from orchestration.published.query import open_published
from reports import narrative
from reports.figures import Figure, figures_of
from reports.queries import Facts, Row, facts_of
from reports.question import USUAL_SCHEME, ReportError, asked, known_state
from reports.shelf import PAGE, environment, replaced, write_index
from reports.vega import VEGA_LITE, vega

INVOLVED_POWER = "RUS"
CLOSEST_SHOWN = 10
PNG_SCALE = 2
TITLE_WIDTH = 90


@dataclass(frozen=True)
class ReportFiles:
    """The written files: the page, and its figures as PNG and SVG beside it."""

    page: Path
    figures: tuple[Path, ...]


def build_report(
    database: Path,
    output: Path,
    focus: str,
    powers: Sequence[str],
    year_from: int,
    year_to: int,
    scheme: str = USUAL_SCHEME,
) -> ReportFiles:
    """Write the report on a focus state and some powers as the folder `output`.

    The database is a published file and is only read. States are ISO 3166-1 alpha-3 codes (ISO
    3166-3 for dissolved ones) or their names; the years are calendar years, both included. An
    existing report is replaced once the new one is complete. Raises ReportError for an invalid
    question, for a file of an older version, and for a folder that holds anything but a report,
    QueryError if there is no such file.
    """
    return _written(_facts(database, focus, powers, year_from, year_to, scheme), output)


def build_listed_report(
    database: Path,
    reports: Path,
    focus: str,
    powers: Sequence[str],
    year_from: int,
    year_to: int,
    scheme: str = USUAL_SCHEME,
) -> ReportFiles:
    """As build_report, into a folder of `reports` named by the question; rewrites the index."""
    facts = _facts(database, focus, powers, year_from, year_to, scheme)
    files = _written(facts, reports / facts.question.name)
    write_index(reports)
    return files


def state_of(database: Path, named: str) -> str:
    """The code of a state, from any of its codes or names; raises as build_report."""
    with _opened(database) as connection:
        return known_state(connection, named)


def _facts(database: Path, *question: Any) -> Facts:
    with _opened(database) as connection:
        return facts_of(connection, asked(connection, *question))


@contextmanager
def _opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a published file; anything missing means that the file is older."""
    try:
        with closing(open_published(database)) as connection:
            yield connection
    except (duckdb.CatalogException, duckdb.BinderException) as lacking:
        raise ReportError(
            "The file was built by an older version, which lacks what a report reads: run "
            "`unga refresh`."
        ) from lacking


def _written(facts: Facts, folder: Path) -> ReportFiles:
    drawn: list[str] = []
    shown = []
    with replaced(folder) as beside:
        for figure in figures_of(facts):
            svg, png = beside / f"{figure.name}.svg", beside / f"{figure.name}.png"
            spec = _titled(facts, figure)
            svg.write_text(vl_convert.vegalite_to_svg(spec, VEGA_LITE), encoding="utf-8")
            png.write_bytes(vl_convert.vegalite_to_png(spec, VEGA_LITE, scale=PNG_SCALE))
            drawn += [svg.name, png.name]
            shown.append(_embedded(figure, svg.read_text(encoding="utf-8")))
        (beside / PAGE).write_text(_rendered(facts, shown), encoding="utf-8")
    return ReportFiles(folder / PAGE, tuple(folder / name for name in drawn))


def _titled(facts: Facts, figure: Figure) -> dict[str, Any]:
    """The figure as a stand-alone file: with its title and source."""
    real = f"UNGA vote warehouse, {figure.source or f'votes through {facts.data_through}'}"
    title = {
        "text": textwrap.wrap(figure.title, TITLE_WIDTH),
        "subtitle": "SYNTHETIC: invented votes, no number is real" if facts.synthetic else real,
        "anchor": "start",
        "fontSize": 15,
        "subtitleColor": "#A13D00" if facts.synthetic else "#5C5C5C",
        "subtitleFontWeight": "bold" if facts.synthetic else "normal",
        "offset": 14,
    }
    return figure.spec | {"title": title}


def _embedded(figure: Figure, svg: str) -> dict[str, Any]:
    """The figure for the template: drawn by Vega to the page's width, or as the static SVG."""
    spec = figure.spec | {"width": "container"}
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    if figure.name == "world":
        spec |= {"height": "container", "autosize": {"type": "fit", "contains": "padding"}}
    return {
        "name": figure.name,
        "title": figure.title,
        "alternative": figure.alternative,
        "height": figure.height,
        # A title may contain anything, but must not close the script element.
        "spec": Markup(json.dumps(spec).replace("<", "\\u003c")),
        "svg": Markup(svg),
    }


def _rendered(facts: Facts, figures: list[dict[str, Any]]) -> str:
    templates = environment()
    templates.filters["percent"] = narrative.percent
    templates.filters["at"] = narrative.at
    title, numbers = narrative.headline(facts)
    named = {state: narrative.name_of(facts, state) for state in facts.states}
    return templates.get_template("report.html.j2").render(
        facts=facts,
        question=facts.question,
        focus=named[facts.question.focus],
        name=named,
        period=narrative.of_period(facts),
        about=narrative.about(facts),
        headline=title,
        participation=narrative.participation(facts),
        weight=narrative.weight_of_one_subject(facts),
        numbers=numbers,
        notes=narrative.notes(facts),
        coverage=narrative.coverage(facts),
        figures={figure["name"]: figure for figure in figures},
        years=_by_year(facts),
        placed=narrative.ideal_points(facts),
        placed_states=(facts.question.focus, *facts.question.powers),
        ideal_points=_ideal_points(facts),
        topics=_by_topic(facts),
        opposition=[row for row in facts.of_period(facts.opposition) if row["topic"] == "all"],
        key_votes=_key_votes(facts),
        key_powers=list(dict.fromkeys(row["power"] for row in _ranked(facts.key_votes))),
        stances=Counter(
            row["stance"]
            for row in facts.key_votes
            if row["power"] == INVOLVED_POWER and row["stance"]
        ),
        involved=named.get(INVOLVED_POWER, INVOLVED_POWER),
        findings=narrative.findings(facts),
        partners=[row for row in facts.partners if row["agreement_half"] is not None],
        too_few=[row for row in facts.partners if row["agreement_half"] is None and row["n"]],
        closest_shown=CLOSEST_SHOWN,
        sources=narrative.SOURCES,
        study=narrative.STUDY,
        citations=narrative.citations(facts),
        vega=vega() if figures else "",
    )


def _ranked(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["power_rank"])


def _by_year(facts: Facts) -> list[tuple[int, dict[str, Row]]]:
    """Each year of votes and its row of each power."""
    found: dict[int, dict[str, Row]] = {year: {} for year in facts.years}
    for row in facts.cohesion:
        if row["topic"] == "all" and row["year"] in found:
            found[row["year"]][row["power"]] = row
    return sorted(found.items())


def _ideal_points(facts: Facts) -> list[tuple[int, dict[str, Row]]]:
    """Each year in which a session opened, and its ideal point of each state."""
    found: dict[int, dict[str, Row]] = {}
    for row in facts.ideal_points:
        found.setdefault(row["year"], {})[row["state"]] = row
    return sorted(found.items())


def _by_topic(facts: Facts) -> list[Row]:
    """Cohesion over the whole period: all topics together, then by number of roll calls."""
    rows = facts.of_period(facts.cohesion)
    size: Counter[str] = Counter()
    for row in rows:
        size[row["topic"]] = max(size[row["topic"]], row["n"])
    return sorted(
        rows,
        key=lambda row: (
            row["topic"] != "all",
            -size[row["topic"]],
            row["topic"],
            row["power_rank"],
        ),
    )


def _key_votes(facts: Facts) -> list[dict[str, Any]]:
    """One entry per resolution, with its votes by power."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for row in facts.key_votes:
        entry = told.setdefault(
            (row["list"], row["symbol"]),
            {
                "symbol": row["symbol"],
                "date": row["vote_date"],
                "conflict": row["conflict"],
                "title": row["title"],
                "vote": row["focus_vote"],
                "powers": {},
            },
        )
        entry["powers"][row["power"]] = row["power_vote"]
    return list(told.values())

"""The figures of a report: Vega-Lite charts of what queries.py found.

Belongs here: marks, scales and colours. Not here: any calculation, or the files and page that show
them (page.py).
"""

import json
import math
import textwrap
import zlib
from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt

from reports.narrative import listed, name_of
from reports.queries import Facts, Row

WORLD = Path(__file__).with_name("world-110m.json")
WIDTH = 760
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif"
# Okabe and Ito (2008), Color Universal Design: safe for colour-blind readers; without its yellow.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
# Fixed positions in COLOURS and SHAPES for common powers, the same in every report; others get
# theirs from their code, avoiding those of the three that nearly every report has.
OWN_PLACES = {"CHN": 0, "RUS": 1, "TUR": 2, "DEU": 3, "USA": 4, "GBR": 5, "FRA": 6}
SHARED_PLACES = (2, 3, 5, 6)
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right")
# The focus state among the powers: a dark, broad line with stars.
STAR = (
    "M0,-1L0.25,-0.35L0.95,-0.31L0.4,0.13L0.59,0.81L0,0.42L-0.59,0.81L-0.4,0.13L-0.95,-0.31"
    "L-0.25,-0.35Z"
)
SIDES = {
    "with the first": "#0072B2",
    "with the second": "#E69F00",
    "with neither": "#BDBDBD",
    "absent": "#EDEDED",
}
# Pairs of powers in one figure.
MOST_PAIRS = 11
INK, FAINT, NO_VALUE = "#222222", "#767676", "#EFEFEF"
# Most states agree with each other on most votes, so the steps are finer at the upper end.
STEPS = (0.4, 0.6, 0.7, 0.8, 0.9, 0.95)
STEP_NAMES = (
    f"under {STEPS[0]:.0%}",
    *(f"{low:.0%} to {high:.0%}" for low, high in pairwise((*STEPS, 1.0))),
)
STEP_COLOURS = ("#FFFFD9", "#D5EEB3", "#7FCDBB", "#41B6C4", "#1D91C0", "#225EA8", "#0C2C84")


@dataclass(frozen=True)
class Figure:
    """A Vega-Lite chart with its name, title, alternative text, and height in the page.

    `source` is what a stand-alone file says it is made from, if not simply the file's votes.
    """

    name: str
    title: str
    alternative: str
    spec: dict[str, Any]
    height: int
    source: str = ""


def figures_of(facts: Facts) -> list[Figure]:
    """The figures for which there are votes."""
    figures = [
        _years(facts),
        _ideal_points(facts),
        _topics(facts),
        *_oppositions(facts),
        _world(facts),
    ]
    return [figure for figure in figures if figure is not None]


def places_of(powers: Iterable[str]) -> dict[str, int]:
    """Each power's position in COLOURS and SHAPES: one per power, regardless of their order.

    A power whose position is taken gets the next free one. Powers with a fixed position come
    first, then the others in order of code.
    """
    taken: dict[int, str] = {}
    for power in sorted(powers, key=lambda power: (power not in OWN_PLACES, power)):
        place = OWN_PLACES.get(power)
        if place is None:
            place = SHARED_PLACES[zlib.crc32(power.encode()) % len(SHARED_PLACES)]
        while place in taken:
            place = (place + 1) % len(COLOURS)
        taken[place] = power
    return {power: place for place, power in taken.items()}


def _wrapped(name: str, width: int) -> str:
    return "\n".join(textwrap.wrap(name, width, break_long_words=False))


def _label_lines() -> str:
    return "split(datum.label, '\\n')"


def _styled(chart: Any, description: str, height: int) -> dict[str, Any]:
    styled = (
        chart.properties(width=WIDTH, height=height, description=description)
        .configure(
            font=FONT,
            background="white",
            axis={
                "labelColor": INK,
                "titleColor": INK,
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "gridColor": "#E4E4E4",
                "domainColor": "#999999",
                "tickColor": "#999999",
            },
            legend={
                "labelColor": INK,
                "labelFontSize": 12,
                "titleColor": INK,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
            },
        )
        .configure_view(stroke=None)
    )
    # Validating every value would take seconds for the world map alone.
    spec: dict[str, Any] = styled.to_dict(validate=False)
    return spec


def _years(facts: Facts) -> Figure | None:
    powers = facts.question.powers
    names = [name_of(facts, power) for power in powers]
    places = places_of(powers)
    found = {
        (row["power"], row["year"]): row
        for row in facts.cohesion
        if row["topic"] == "all" and row["year"]
    }
    if not any(row["agreement_half"] is not None for row in found.values()):
        return None
    # A year without votes is a row without a value, so that no line is drawn across it.
    values = [
        {
            "power": name_of(facts, power),
            "year": year,
            "agreement": found.get((power, year), {}).get("agreement_half"),
            "n": found.get((power, year), {}).get("n", 0),
        }
        for power in powers
        for year in range(facts.question.year_from, facts.question.year_to + 1)
    ]
    title = f"Agreement with {listed(names)} by year, {facts.period}"
    legend = alt.Legend(title=None, orient="top", columns=3, symbolSize=90)
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("year:Q", title=None, scale=alt.Scale(nice=False, padding=8)).axis(
            format="d", tickMinStep=1, grid=False, labelFlush=False
        ),
        y=alt.Y(
            "agreement:Q", title="Agreement, abstention as half", scale=alt.Scale(domain=[0, 1])
        ).axis(format=".0%", tickCount=5),
        color=alt.Color(
            "power:N",
            sort=names,
            scale=alt.Scale(domain=names, range=[COLOURS[places[power]] for power in powers]),
            legend=legend,
        ),
    )
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        shape=alt.Shape(
            "power:N",
            sort=names,
            scale=alt.Scale(domain=names, range=[SHAPES[places[power]] for power in powers]),
            legend=legend,
        ),
        tooltip=[
            alt.Tooltip("power:N", title="Power"),
            alt.Tooltip("year:Q", title="Year", format="d"),
            alt.Tooltip("agreement:Q", title="Agreement", format=".1%"),
            alt.Tooltip("n:Q", title="Roll calls", format=",d"),
        ],
    )
    height = 360
    chart = alt.layer(base.mark_line(strokeWidth=2), points)
    return Figure("years", title, title, _styled(chart, title, height), height)


def _ideal_points(facts: Facts) -> Figure | None:
    question, run = facts.question, facts.ideal_points_run
    found = {(row["state"], row["year"]): row for row in facts.ideal_points}
    states = [
        state
        for state in (question.focus, *question.powers)
        if any(state == other for other, _ in found)
    ]
    if question.focus not in states or run is None:
        return None
    names = [name_of(facts, state) for state in states]
    places = places_of(question.powers)
    colours = [INK if state == question.focus else COLOURS[places[state]] for state in states]
    shapes = [STAR if state == question.focus else SHAPES[places[state]] for state in states]
    # A session without votes is a row without a value, so that no line is drawn across it.
    values = [
        {"state": name_of(facts, state), "year": year, "focus": state == question.focus}
        | {
            name: found.get((state, year), {}).get(name)
            for name in ("estimate", "q05", "q95", "rhat")
        }
        for state in states
        for year in range(question.year_from, question.year_to + 1)
    ]
    title = f"Ideal points of {listed(names)} by session, {facts.period}"
    # Of its own opacity, or the symbols would be as pale as the bands.
    legend = alt.Legend(title=None, orient="top", columns=3, symbolSize=90, symbolOpacity=1)
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("year:Q", title=None, scale=alt.Scale(nice=False, padding=8)).axis(
            format="d", tickMinStep=1, grid=False, labelFlush=False
        ),
        color=alt.Color(
            "state:N",
            sort=names,
            scale=alt.Scale(domain=names, range=colours),
            legend=legend,
        ),
    )
    bands = base.mark_area(opacity=0.16).encode(
        y=alt.Y("q05:Q", title="Ideal point, with its 90% interval", scale=alt.Scale(zero=False)),
        y2="q95:Q",
    )
    lines = base.mark_line().encode(
        y="estimate:Q",
        strokeWidth=alt.condition("datum.focus", alt.value(3.5), alt.value(2)),
    )
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        y="estimate:Q",
        shape=alt.Shape(
            "state:N",
            sort=names,
            scale=alt.Scale(domain=names, range=shapes),
            legend=legend,
        ),
        tooltip=[
            alt.Tooltip("state:N", title="State"),
            alt.Tooltip("year:Q", title="Session opened", format="d"),
            alt.Tooltip("estimate:Q", title="Ideal point", format=".2f"),
            alt.Tooltip("q05:Q", title="90% interval from", format=".2f"),
            alt.Tooltip("q95:Q", title="to", format=".2f"),
            alt.Tooltip("rhat:Q", title="R-hat", format=".2f"),
        ],
    )
    source = f"ideal points of the votes through {run['data_through']}"
    if not run["is_current"]:
        source += ", which are not those of this file"
    alternative = f"{title}, as lines with 90% bands. The numbers are in the table below."
    height = 360
    chart = alt.layer(bands, lines, points)
    return Figure(
        "ideal-points", title, alternative, _styled(chart, alternative, height), height, source
    )


def _topics(facts: Facts) -> Figure | None:
    rows = facts.of_period(facts.cohesion)
    if not any(row["agreement_half"] is not None for row in rows):
        return None
    names = [name_of(facts, power) for power in facts.question.powers]
    # Set names at an angle if they would overlap in a narrow window.
    aslant = len(names) * max(len(word) for name in names for word in name.split()) > 45
    powers = {name: name if aslant else _wrapped(name, 9) for name in names}
    lines = max(name.count("\n") for name in powers.values())
    sizes: dict[str, int] = {}
    for row in rows:
        sizes[row["topic"]] = max(sizes.get(row["topic"], 0), row["n"])
    topics = sorted(
        sizes, key=lambda topic: (topic != "all", topic in ("other", "none"), -sizes[topic])
    )
    values = [
        {
            "topic": _wrapped(_topic_name(facts, row["topic"]), 15),
            "power": powers[name_of(facts, row["power"])],
            "agreement": row["agreement_half"],
            "n": row["n"],
            "told": f"{row['agreement_half']:.2f}" if row["agreement_half"] is not None else "–",
            "of": f"n {row['n']:,}",
        }
        for row in rows
    ]
    title = f"Agreement by topic and power, {facts.period}"
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("power:N", sort=list(powers.values()), title=None).axis(
            orient="top",
            labelAngle=-55 if aslant else 0,
            labelPadding=4 + 13 * lines,
            labelFontSize=11,
            labelExpr=_label_lines(),
            labelLimit=0,
            domain=False,
            ticks=False,
        ),
        y=alt.Y(
            "topic:N",
            sort=[_wrapped(_topic_name(facts, topic), 15) for topic in topics],
            title=None,
        ).axis(
            labelFontSize=11,
            labelExpr=_label_lines(),
            labelLimit=0,
            labelPadding=8,
            domain=False,
            ticks=False,
        ),
    )
    # Even its darkest shade is light enough for dark numbers.
    shade = alt.Scale(domain=[0, 1], range=["#FFFFFF", "#559FCE"], interpolate="lab")
    cells = base.mark_rect(stroke="white", strokeWidth=2, invalid="show").encode(
        color=alt.Color(
            "agreement:Q",
            scale=shade,
            legend=None,
            condition={"test": "!isValid(datum.agreement)", "value": NO_VALUE},
        ),
        tooltip=[
            alt.Tooltip("power:N", title="Power"),
            alt.Tooltip("topic:N", title="Topic"),
            alt.Tooltip("agreement:Q", title="Agreement", format=".1%"),
            alt.Tooltip("n:Q", title="Roll calls", format=",d"),
        ],
    )
    told = base.mark_text(fontSize=11 if aslant else 13, dy=-5, fontWeight=600, color=INK).encode(
        text="told:N"
    )
    # Left out if cells are so narrow that the numbers would overlap.
    room = alt.ExprRef(f"width < {40 * len(names)} ? 0 : 1")
    of = base.mark_text(fontSize=9 if aslant else 10, dy=8, color=INK, opacity=room).encode(
        text="of:N"
    )
    height = 34 * len(topics)
    return Figure(
        "topics", title, title, _styled(alt.layer(cells, told, of), title, height), height + 50
    )


def _topic_name(facts: Facts, topic: str) -> str:
    return "All topics" if topic == "all" else facts.topics.get(topic, topic)


def _oppositions(facts: Facts) -> list[Figure]:
    """One figure, or more if one would not fit on half a page."""
    rows = [
        row
        for row in facts.of_period(facts.opposition)
        if row["topic"] == "all" and row["sense"] == "strict" and row["n"]
    ]
    parts = math.ceil(len(rows) / MOST_PAIRS)
    size = math.ceil(len(rows) / max(parts, 1))
    return [
        _opposition(facts, rows[part * size : (part + 1) * size], part + 1, parts)
        for part in range(parts)
    ]


def _opposition(facts: Facts, rows: list[Row], part: int, parts: int) -> Figure:
    focus = name_of(facts, facts.question.focus)
    values, pairs = [], []
    for row in rows:
        first, second = name_of(facts, row["power_a"]), name_of(facts, row["power_b"])
        pair = f"{first}\nv {second}\nn {row['n']:,}"
        pairs.append(pair)
        counts = zip(
            SIDES, (row["with_a"], row["with_b"], row["neither"], row["absent"]), strict=True
        )
        values += [
            {
                "pair": pair,
                "between": f"{first} v {second}",
                "side": side,
                "votes": votes,
                "share": votes / row["n"],
                "place": place,
                "told": f"{votes:,}" if votes / row["n"] >= 0.07 else "",
            }
            # The first power at the left end, the second at the right.
            for place, (side, votes) in zip((0, 3, 1, 2), counts, strict=True)
        ]
    title = f"Whose side {focus} took when two powers opposed each other, {facts.period}"
    if parts > 1:
        title += f" ({part} of {parts})"
    base = alt.Chart(alt.Data(values=values)).encode(
        y=alt.Y("pair:N", sort=pairs, title=None).axis(
            domain=False,
            ticks=False,
            labelExpr=_label_lines(),
            labelLimit=0,
            labelPadding=8,
            labelFontSize=11,
            # Three lines; by default the first would be at the middle of the bar.
            labelOffset=-12,
        ),
        x=alt.X("share:Q", stack="zero", title=None, scale=alt.Scale(domain=[0, 1])).axis(
            format=".0%", tickCount=5
        ),
        order=alt.Order("place:Q"),
    )
    bars = base.mark_bar(stroke="white", strokeWidth=1, height={"band": 0.72}).encode(
        color=alt.Color(
            "side:N",
            sort=list(SIDES),
            scale=alt.Scale(domain=list(SIDES), range=list(SIDES.values())),
            legend=alt.Legend(
                title=None, orient="top", columns=2, symbolType="square", symbolStrokeColor=FAINT
            ),
        ),
        tooltip=[
            alt.Tooltip("between:N", title="Opposed"),
            alt.Tooltip("side:N", title=focus),
            alt.Tooltip("votes:Q", title="Roll calls", format=",d"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
        ],
    )
    # Stacked again, and centred on each bar.
    told = base.mark_text(fontSize=12).encode(
        x=alt.X("share:Q", stack="zero", bandPosition=0.5),
        text="told:N",
        color=alt.condition("datum.place == 0", alt.value("white"), alt.value(INK)),
        detail="side:N",
    )
    height = 44 * len(pairs)
    name = "opposition" if part == 1 else f"opposition-{part}"
    return Figure(name, title, title, _styled(alt.layer(bars, told), title, height), height + 80)


def _step(agreement: float | None) -> str | None:
    return None if agreement is None else STEP_NAMES[bisect(STEPS, agreement)]


def _world(facts: Facts) -> Figure | None:
    partners: dict[str, Row] = {row["partner"]: row for row in facts.partners}
    if not any(row["agreement_half"] is not None for row in partners.values()):
        return None
    world = json.loads(WORLD.read_text(encoding="utf-8"))
    focus = facts.question.focus
    for feature in world["features"]:
        state = feature["id"]
        row = partners.get(state, {})
        feature["name"] = name_of(facts, state) if state in facts.states else "No member state"
        feature["agreement"] = row.get("agreement_half")
        feature["step"] = _step(row.get("agreement_half"))
        feature["n"] = row.get("n", 0)
        feature["focus"] = state == focus
    title = f"Agreement of every member state with {name_of(facts, focus)}, {facts.period}"
    chart = (
        alt.Chart(alt.Data(values=[]))
        .mark_geoshape(stroke="#8C8C8C", strokeWidth=0.4, invalid="show")
        .encode(
            color=alt.Color(
                "step:N",
                scale=alt.Scale(domain=STEP_NAMES, range=STEP_COLOURS),
                condition=[
                    {"test": "datum.focus", "value": "#D55E00"},
                    {"test": "!isValid(datum.agreement)", "value": NO_VALUE},
                ],
                # One label per step: beside a gradient, those of narrow steps would be dropped.
                legend=alt.Legend(
                    title=f"Agreement, abstention as half; orange: {name_of(facts, focus)}",
                    titleLimit=0,
                    orient="bottom",
                    symbolType="square",
                    symbolSize=130,
                    symbolStrokeColor=FAINT,
                    symbolStrokeWidth=0.5,
                    columns=alt.ExprRef("width < 450 ? 3 : width < 750 ? 4 : 7"),
                ),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="State"),
                alt.Tooltip("agreement:Q", title="Agreement", format=".1%"),
                alt.Tooltip("n:Q", title="Roll calls", format=",d"),
            ],
        )
        .project("equalEarth", rotate=[-11, 0, 0], pointRadius=2.6)
    )
    alternative = f"{title}, on a world map. The numbers are in the table below."
    height = 380
    spec = _styled(chart, alternative, height)
    # Put in after Altair, which would look at every coordinate.
    spec["data"] = {"values": world["features"]}
    return Figure("world", title, alternative, spec, height)

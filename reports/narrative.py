"""The text of a report: names, years, numbers, findings, caveats.

Belongs here: all text that depends on the data. Not here: HTML (report.html.j2) and figures.
"""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

from orchestration.published.coverage import in_words
from reports.queries import Facts, Row

# Common names where the official one is long; others only lose their parentheses.
SHORT_NAMES = {
    "BRN": "Brunei",
    "COD": "DR Congo",
    "DDR": "East Germany",
    "GBR": "United Kingdom",
    "KOR": "South Korea",
    "LAO": "Laos",
    "MDA": "Moldova",
    "PRK": "North Korea",
    "RUS": "Russia",
    "SYR": "Syria",
    "TZA": "Tanzania",
    "USA": "United States",
}
_WITH_ARTICLE = re.compile(
    "United |DR |Central African|Dominican Republic|Bahamas|Comoros|Gambia|Maldives|Marshall|"
    "Netherlands|Philippines|Solomon"
)
CONVENTIONS = {
    "agreement_strict": "Only the same vote is agreement",
    "agreement_half": "An abstention is half agreement",
    "opposition_strict": "Yes against no is opposition",
    "opposition_wide": "Any different vote is opposition",
}
SOURCES = {
    "undl": "UN Digital Library",
    "unxml": "UN Secretariat",
    "voeten": "Voeten, Dataverse",
}
# Up to this R-hat an ideal point counts as converged (docs/method.md).
CONVERGED = 1.05
VERDICTS = {True: "holds", False: "does not hold", None: "too few votes"}
STUDY = (
    "R. Yuneman (2023), How Kazakhstani Multi-Vector Foreign Policy Works: Voting in UNGA "
    "Analysis, International Organisations Research Journal 18(1), 151-169, "
    "doi:10.17323/1996-7845-2023-01-06"
)


def name_of(facts: Facts, state: str) -> str:
    """A state's short name."""
    return short_name(state, facts.states[state]["name"] if state in facts.states else state)


def short_name(state: str, official: str) -> str:
    """The short form of a state's official name."""
    return SHORT_NAMES.get(state) or re.sub(r" \(.*\)$", "", official)


def with_article(name: str) -> str:
    """The name as it is used in a sentence."""
    return f"the {name}" if _WITH_ARTICLE.match(name) else name


def in_text(facts: Facts, state: str) -> str:
    """A state's name as it is used in a sentence."""
    return with_article(name_of(facts, state))


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def listed(words: Iterable[str]) -> str:
    """A, B and C."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def years_in_words(years: Iterable[int]) -> str:
    """Years, with ranges: 2007 to 2010, 2012."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a} to {b}" for a, b in spans)


def percent(share: float | None) -> str:
    """A share as a whole percentage; a dash where there is none."""
    return "–" if share is None else f"{share:.0%}"


def of_period(facts: Facts) -> str:
    """The years of the question: from 2007 to 2022, or in 2007."""
    return _between(facts.question.year_from, facts.question.year_to)


def as_member(facts: Facts) -> str:
    """The years of the question in which the focus state was a member, in the same form."""
    return _between(facts.resolutions["first_year"], facts.resolutions["last_year"])


def _between(first: int, last: int) -> str:
    return f"in {first}" if first == last else f"from {first} to {last}"


def participation(facts: Facts) -> str:
    """How many of the resolutions it could vote on the focus state voted on."""
    found = facts.resolutions
    said = (
        f"{_capital(in_text(facts, facts.question.focus))} voted on {sum(facts.years.values()):,} "
        f"of {found['as_member']:,} resolutions put to a recorded vote {as_member(facts)}"
    )
    if found["as_member"] < found["in_all"]:
        said += f" while it was a member, {_membership(facts)}"
    return f"{said}."


def weight_of_one_subject(facts: Facts) -> str:
    """The share of those resolutions that is on the most frequent subject."""
    share = facts.resolutions["on_middle_east"] / facts.resolutions["as_member"]
    return (
        f"{share:.1%} of the resolutions {as_member(facts)} are on Palestine and the Middle East, "
        "and have that weight in every number over all topics."
    )


def coverage(facts: Facts) -> str:
    """How many of the period's recorded votes are in the file; empty if the file does not say."""
    if facts.coverage is None:
        return ""
    return f"{in_words(facts.coverage)} are in this file, by the count of the UN Digital Library."


def about(facts: Facts) -> str:
    """Question and data of the report in one line, for the list of reports."""
    question = facts.question
    return (
        f"{_capital(in_text(facts, question.focus))} compared with "
        f"{listed(in_text(facts, power) for power in question.powers)}, {question.period}, by "
        f"topics of the scheme {question.scheme}; votes through {_day(facts.data_through)}, built "
        f"on {_day(facts.freshness['built_at'])}."
    )


def overall(facts: Facts) -> list[Row]:
    """Cohesion with each power over the whole period and all topics, closest first."""
    rows = [
        row
        for row in facts.of_period(facts.cohesion)
        if row["topic"] == "all" and row["agreement_half"] is not None
    ]
    return sorted(rows, key=lambda row: -row["agreement_half"])


def headline(facts: Facts) -> tuple[str, str]:
    """The answer in one sentence, and the numbers behind it in another."""
    focus = _capital(in_text(facts, facts.question.focus))
    rows = overall(facts)
    if not rows:
        return (
            f"{focus} shared too few votes with the powers {as_member(facts)} for an answer.",
            "No agreement is given below the minimum number of shared roll calls.",
        )
    best, worst = rows[0], rows[-1]
    closest, farthest = (in_text(facts, row["power"]) for row in (best, worst))
    answer = f"{focus} voted most like {closest}"
    numbers = f"Its agreement with {closest} was {_of_n(best)} roll calls on which both voted"
    if len(rows) > 1:
        answer += f" and least like {farthest}"
        numbers += f"; with {farthest} it was {_of_n(worst)}"
    return f"{answer} {as_member(facts)}.", f"{numbers}. An abstention counts as half agreement."


def _of_n(row: Row) -> str:
    return f"{percent(row['agreement_half'])} over {row['n']:,}"


def ideal_points(facts: Facts) -> str:
    """Where the focus state stood last, beside whom, and how far the estimates can be trusted.

    Empty if the file has no ideal points of the focus state in these years.
    """
    focus, run = facts.question.focus, facts.ideal_points_run
    of_focus = [row for row in facts.ideal_points if row["state"] == focus]
    if not of_focus or run is None:
        return ""
    here = of_focus[-1]
    others = sorted(
        (row for row in facts.ideal_points if row["year"] == here["year"] and row is not here),
        key=lambda row: abs(row["estimate"] - here["estimate"]),
    )
    said = (
        f"In the session that opened in {here['year']}, {in_text(facts, focus)} stood at "
        f"{at(here['estimate'])} (90% interval {at(here['q05'])} to {at(here['q95'])})"
    )
    if others:
        said += f", nearest to {_with_place(facts, others[0])}"
    if len(others) > 1:
        said += f", and farthest from {_with_place(facts, others[-1])}"
    of_these = "" if run["is_current"] else ", not from those that this file has now"
    said += (
        f". The ideal points are estimated from the votes through {_day(run['data_through'])}"
        f"{of_these}"
    )
    apart = sum(row["rhat"] > CONVERGED for row in facts.ideal_points)
    if apart:
        said += (
            f". Of the {len(facts.ideal_points)} in the figure, {apart} "
            f"{'has' if apart == 1 else 'have'} not converged (R-hat above {CONVERGED}), and "
            "another estimation may place them a little differently"
        )
    return f"{said}."


def at(place: float) -> str:
    """A place on the scale of ideal points, to two digits, with a minus sign."""
    return f"{place:.2f}".replace("-0.00", "0.00").replace("-", "\N{MINUS SIGN}")


def _with_place(facts: Facts, row: Row) -> str:
    return f"{in_text(facts, row['state'])}, at {at(row['estimate'])}"


def notes(facts: Facts) -> list[str]:
    """Caveats on the states and years of the question."""
    question = facts.question
    asked = range(question.year_from, question.year_to + 1)
    focus = in_text(facts, question.focus)
    said = []
    if silent := set(asked) - set(facts.years):
        said.append(
            f"No vote of {focus} is recorded in {years_in_words(silent)}. "
            f"It {'was' if _ended(facts) else 'has been'} a member {_membership(facts)}."
        )
    for power in question.powers:
        shared = {
            row["year"]
            for row in facts.cohesion
            if row["power"] == power and row["topic"] == "all" and row["n"] and row["year"]
        }
        name = _capital(in_text(facts, power))
        if not shared:
            said.append(f"{name} and {focus} share no roll call in these years.")
        elif alone := set(range(min(facts.years), max(facts.years) + 1)) - shared:
            said.append(f"{name} and {focus} share no roll call in {years_in_words(alone)}.")
    if question.year_from < 1992 and "RUS" in (question.focus, *question.powers):
        said.append("Until 1991 Russia means the Soviet Union, whose seat it continued.")
    # The rows of different powers repeat the notes on the focus state.
    seats = [row["note"] for row in facts.cohesion if row["year"] is None and row["note"]]
    said += [f"{seat}." for seat in dict.fromkeys("; ".join(seats).split("; ")) if seat]
    return said


def _membership(facts: Facts) -> str:
    """When the focus state was a member: from one day to another, since a day."""
    return listed(
        f"from {_day(spell['from'])} to {_day(spell['to'])}"
        if spell["to"]
        else f"since {_day(spell['from'])}"
        for spell in facts.states[facts.question.focus]["spells"]
    )


def _ended(facts: Facts) -> bool:
    return all(spell["to"] for spell in facts.states[facts.question.focus]["spells"])


def _day(value: Any) -> str:
    return f"{value.day} {value:%B %Y}"


def findings(facts: Facts) -> list[dict[str, Any]]:
    """Each finding with its claim and, by convention, where it holds."""
    order = " > ".join(name_of(facts, power) for power in facts.question.powers)
    first = in_text(facts, facts.question.powers[0])
    focus = in_text(facts, facts.question.focus)
    claims = {
        "R1": f"Cohesion with {focus} falls in the order {order}.",
        "R2": f"When {first} and another of the powers opposed each other, {focus} was more often "
        f"with {first}.",
        "R3": f"{_capital(focus)} avoids explicit support for Russia in key votes on armed "
        "conflicts that involve it.",
    }
    told = []
    for finding, claim in claims.items():
        rows = [row for row in facts.findings if row["finding"] == finding]
        told.append(
            {
                "finding": finding,
                "claim": claim,
                "conventions": [
                    _under_convention(
                        facts, [row for row in rows if row["convention"] == convention]
                    )
                    | {"convention": label}
                    for convention, label in CONVENTIONS.items()
                    if any(row["convention"] == convention for row in rows)
                ],
            }
        )
    return told


def _under_convention(facts: Facts, rows: list[Row]) -> dict[str, Any]:
    all_topics = [row for row in rows if row["topic"] == "all"]
    by_year = {str(row["year"]): row["holds"] for row in all_topics if row["year"]}
    by_topic = {
        facts.topics.get(row["topic"], row["topic"]): row["holds"]
        for row in rows
        if row["year"] is None and row["topic"] != "all"
    }
    whole = next((row for row in all_topics if row["year"] is None), None)
    return {
        "holds": whole["holds"] if whole else None,
        "verdict": VERDICTS[whole["holds"] if whole else None],
        "figures": _with_names(facts, whole["figures"]) if whole else "",
        "years": _tally(by_year, "year"),
        "topics": _tally(by_topic, "topic"),
    }


def _with_names(facts: Facts, figures: str) -> str:
    """The figures with states' names instead of codes."""
    return re.sub(
        r"\b[A-Z]{3}\b",
        lambda code: name_of(facts, code[0]) if code[0] in facts.states else code[0],
        figures,
    )


def _tally(holds: Mapping[Any, bool | None], noun: str) -> str:
    """The number for which it holds, and the shorter list of those for which it does or doesn't."""
    told = {name: value for name, value in holds.items() if value is not None}
    if not told:
        return f"no {noun} with enough votes"
    yes = [str(name) for name, value in told.items() if value]
    no = [str(name) for name, value in told.items() if not value]
    counted = f"{len(yes)} of {len(told)} {noun}s"
    if not yes or not no:
        return counted
    return (
        f"{counted}; not {', '.join(no)}" if len(no) <= len(yes) else f"{counted}: {', '.join(yes)}"
    )


def citations(facts: Facts) -> list[str]:
    """How to cite the report, and each source behind it."""
    own = (
        f"UNGA vote warehouse {version('unga-vote-warehouse')}, votes through "
        f"{_day(facts.data_through)}, from "
        + ", ".join(
            f"{SOURCES.get(release['source'], release['source'])} {release['release']}"
            for release in facts.releases
        )
        + f". Report: {name_of(facts, facts.question.focus)} and "
        + listed(name_of(facts, power) for power in facts.question.powers)
        + f", {facts.question.period}."
    )
    return [
        own,
        *dict.fromkeys(release["citation"] for release in facts.releases if release["citation"]),
    ]

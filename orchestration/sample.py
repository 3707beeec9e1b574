"""The synthetic Assembly: a small invented world to try the warehouse on, in the sources' layouts.

Belongs here: what the invented Assembly debates, how its states vote, and the files that say so. Not
here: reading such files (sources/), or what becomes of them.

Nothing in it can be taken for a real vote: its resolutions are numbered from 9001 on, its titles say
"Synthetic", and its conflicts are between countries of fiction. Only the states are real, each voting
in the years in which it was a member.

How a state votes is a spatial model in one dimension. A state stands at an ideal point x, a proposal
at p and the state of things that it would change at q; the state gains |x - q| - |x - p| by it, with
logistic noise on top, says yes to a clear gain, no to a clear loss, and else abstains.
"""

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.layout import DBT_PROJECT

VOETEN_SESSIONS = range(44, 78)
UNXML_SESSIONS = range(74, 79)
# The Digital Library's file ends a session before the Secretariat's, so that each source gives some.
UNDL_SESSIONS = range(74, 78)
UNDL_DATE = date(2023, 9, 5)
FIRST_NUMBER = 9001
EMERGENCY = "ES-11"
EMERGENCY_DAYS = (
    date(2022, 3, 9),
    date(2022, 3, 24),
    date(2022, 10, 12),
    date(2022, 11, 14),
    date(2023, 2, 23),
)

YES, ABSTAIN, NO, ABSENT, NOT_MEMBER = 1, 2, 3, 8, 9
ABSENCE = 0.04
# A gain or loss below this is no reason to vote for or against.
INDIFFERENCE = 0.35
NOISE = 0.22

# Where the voting states stand, from the South of the first years (-) to the West (+).
IDEAL_POINTS = {
    "USA": 2.0, "ISR": 1.9, "GBR": 1.5, "CAN": 1.4, "FRA": 1.3, "DEU": 1.1, "NOR": 1.0, "SWE": 0.9,
    "POL": 0.9, "JPN": 0.8, "GEO": 0.7, "UKR": 0.6, "TUR": 0.2, "MEX": -0.1, "KAZ": -0.2, "SSD": -0.2,
    "BRA": -0.3, "KEN": -0.4, "ZAF": -0.6, "IND": -0.6, "NGA": -0.6, "SAU": -0.7, "IDN": -0.8,
    "EGY": -0.8, "RUS": -0.8, "PAK": -0.9, "CHN": -1.0, "BLR": -1.1, "VNM": -1.1, "IRN": -1.2,
    "CUB": -1.4, "CSK": -0.6, "DDR": -1.2,
}  # fmt: skip
# What a source calls a state where it does not use its present name.
UNXML_NAMES = {"USA": "UNITED STATES", "GBR": "UNITED KINGDOM"}
UNXML_NAMES_BEFORE_2022 = {"TUR": "TURKEY"}
COW_CODES = {"DDR": 265}


@dataclass(frozen=True)
class Item:
    """What comes back on the agenda year after year, and where its proposals pull."""

    subject: str
    committee: str
    agenda_item: str
    subjects: tuple[str, ...]
    codes: frozenset[str]
    proposal: float
    status_quo: float


def _item(
    subject: str,
    committee: str,
    agenda_item: str,
    subjects: str,
    codes: str,
    proposal: float,
    status_quo: float,
) -> Item:
    return Item(
        subject,
        committee,
        agenda_item,
        tuple(subjects.split("|")),
        frozenset(codes.split()),
        proposal,
        status_quo,
    )


PLENARY = "Without reference to a Main Committee"
ITEMS = (
    _item("general and complete disarmament", "First Committee", "General and complete disarmament",
          "DISARMAMENT", "di", -0.7, 1.9),
    _item("the prohibition of the use of nuclear weapons", "First Committee",
          "General and complete disarmament", "NUCLEAR WEAPONS|DISARMAMENT", "nu di", -0.9, 1.5),
    _item("transparency in armaments", "First Committee", "General and complete disarmament",
          "ARMS TRANSFERS", "di", 0.6, -1.6),
    _item("the inalienable rights of the Palestinian people", PLENARY, "Question of Palestine",
          "PALESTINE QUESTION", "me", -0.8, 1.9),
    _item("the work of UNRWA in the occupied territories",
          "Special Political and Decolonization Committee (Fourth Committee)",
          "United Nations Relief and Works Agency for Palestine Refugees in the Near East",
          "PALESTINE REFUGEES", "me hr", -0.4, 2.2),
    _item("the situation of human rights in Ruritania", "Third Committee",
          "Promotion and protection of human rights", "HUMAN RIGHTS", "hr", 1.0, -1.2),
    _item("the elimination of racism and racial discrimination", "Third Committee",
          "Elimination of racism, racial discrimination, xenophobia and related intolerance",
          "RACIAL DISCRIMINATION", "hr", -0.7, 1.6),
    _item("the implementation of the declaration on colonial countries and peoples",
          "Special Political and Decolonization Committee (Fourth Committee)",
          "Implementation of the Declaration on the Granting of Independence", "DECOLONIZATION",
          "co", -0.6, 2.0),
    _item("economic and other activities in Non-Self-Governing Territories",
          "Special Political and Decolonization Committee (Fourth Committee)",
          "Economic and other activities which affect the interests of the peoples",
          "NON-SELF-GOVERNING TERRITORIES", "co ec", -0.6, 1.9),
    _item("international trade and development", "Second Committee",
          "Macroeconomic policy questions", "INTERNATIONAL TRADE|DEVELOPMENT", "ec", -0.6, 1.8),
    _item("ending the economic embargo against Freedonia", PLENARY,
          "Necessity of ending the economic embargo against Freedonia", "EMBARGO", "ec", -0.3, 2.4),
    _item("the armed conflict in Borduria and its displaced persons", PLENARY,
          "Protracted armed conflict in Borduria", "ARMED CONFLICTS", "", 0.9, -1.4),
    _item("the report of the International Criminal Court", "Sixth Committee",
          "Report of the International Criminal Court", "INTERNATIONAL CRIMINAL COURT", "",
          0.4, -2.0),
    _item("the programme budget", "Fifth Committee", "Programme budget", "UN--BUDGET", "",
          -0.3, 2.4),
    _item("protection of the global climate", "Second Committee", "Sustainable development",
          "CLIMATE CHANGE", "", -0.2, 2.2),
)  # fmt: skip
EMERGENCY_ITEM = _item(
    "aggression against Syldavia", PLENARY, "Letter on the aggression against Syldavia",
    "AGGRESSION", "", 0.7, -1.3,
)  # fmt: skip
VOETEN_CODES = ("me", "nu", "di", "hr", "co", "ec")


@dataclass(frozen=True)
class RollCall:
    """One vote of the invented Assembly, before it is known how the states voted."""

    session: str
    number: int
    item: Item
    part: int
    kind: str  # resolution, paragraph, amendment or not_adopted
    day: date

    @property
    def symbol(self) -> str:
        """As sources write it since session 71."""
        return f"A/RES/{self.session}/{self.number}"

    @property
    def title(self) -> str:
        """The same in each session, so that a title finds its forerunners."""
        part = f", part {self.part}" if self.part > 1 else ""
        return f"Synthetic resolution on {self.item.subject}{part}"


def make_sample(folder: Path, scale: int = 1, seed: int = 1946) -> None:
    """Write the synthetic Assembly to a folder laid out as a mirror of the sources.

    Makes `unxml/<session>.json`, `dataverse/UNVotes.csv.gz` and `undl/<date>_ga_voting.csv.gz`, the
    same bytes for the same scale and seed. A session has 15 * scale resolutions with a recorded
    vote and one without; the Dataverse file has 3 * scale other roll calls a session beside them.
    Raises ValueError for a scale below 1.
    """
    if scale < 1:
        raise ValueError(f"scale is {scale}: it multiplies the roll calls and is 1 or more")
    roll_calls = [
        roll_call
        for session in sorted({*VOETEN_SESSIONS, *UNXML_SESSIONS})
        for roll_call in _regular_session(session, scale)
    ]
    roll_calls += _emergency_session(scale)
    states = _states()
    votes = _votes(roll_calls, states, np.random.default_rng(seed))
    for name in ("unxml", "dataverse", "undl"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _write_voeten(folder / "dataverse" / "UNVotes.csv.gz", roll_calls, states, votes)
    _write_undl(folder / "undl" / f"{UNDL_DATE:%Y_%m_%d}_ga_voting.csv.gz", roll_calls, states, votes)
    for session in (*map(str, UNXML_SESSIONS), EMERGENCY):
        lines = _unxml_lines(session, roll_calls, states, votes)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / "unxml" / f"{session}.json").write_text(text, encoding="utf-8")


def _regular_session(session: int, scale: int) -> Iterator[RollCall]:
    """The year's agenda: most of it in autumn, the last two items when the session resumes."""
    autumn = [date(1945 + session, month, day) for month in (10, 11, 12) for day in range(8, 22)]
    summer = [date(1946 + session, 6, day) for day in range(8, 22)]
    for part in range(1, scale + 1):
        for place, item in enumerate(ITEMS):
            resumed = place >= len(ITEMS) - 2
            days = summer if resumed else autumn
            day = days[place * len(days) // len(ITEMS)]
            number = FIRST_NUMBER + (part - 1) * len(ITEMS) + place
            # Votes on parts and drafts come before the one on the whole.
            for kind, of in (("not_adopted", 2), ("amendment", 5), ("paragraph", 1)):
                if place == of:
                    yield RollCall(str(session), number, item, part, kind, day)
            yield RollCall(str(session), number, item, part, "resolution", day)


def _emergency_session(scale: int) -> Iterator[RollCall]:
    for part in range(1, scale + 1):
        for place, day in enumerate(EMERGENCY_DAYS):
            number = FIRST_NUMBER + (part - 1) * len(EMERGENCY_DAYS) + place
            yield RollCall(EMERGENCY, number, EMERGENCY_ITEM, part, "resolution", day)


def _states() -> pl.DataFrame:
    """Spells of membership with code and name, the spells in which the seat could not vote cut out.

    Columns state, name, cow_code, member_from, member_to; one row per state and spell.
    """
    reference = DBT_PROJECT / "seeds" / "reference"
    spells = pl.read_csv(reference / "member_states.csv", try_parse_dates=True)
    return spells.select(
        "state",
        "name",
        cow_code=pl.col("state").replace_strict(COW_CODES, default=pl.col("cow_code")),
        member_from="member_from",
        member_to=pl.col("member_to").fill_null(date(2999, 1, 1)),
    ).sort("state", "member_from")


def _kept_from_voting() -> pl.DataFrame:
    reference = DBT_PROJECT / "seeds" / "reference"
    return pl.read_csv(reference / "kept_from_voting.csv", try_parse_dates=True)

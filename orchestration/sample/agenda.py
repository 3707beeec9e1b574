"""What the invented Assembly debates, and when it decides.

Belongs here: the sessions of each source, the agenda, and the decisions of a session. Not here: how
the states vote (voting.py), or files (files.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

# Some years of dissolved states, the first of a young one, and the newest: enough to try things
# on, few enough to be built quickly.
VOETEN_SESSIONS = (*range(44, 48), 66, *range(70, 78))
UNXML_SESSIONS = range(74, 79)
# Ends one session before the Secretariat's files, so that each source supplies some roll calls.
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


@dataclass(frozen=True)
class Item:
    """An item that recurs on the agenda year after year, and where its proposals pull."""

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
CONSENSUS_ITEM = _item(
    "a culture of peace", PLENARY, "Culture of peace", "CULTURE OF PEACE", "", -0.2, 3.0,
)  # fmt: skip
VOETEN_CODES = ("me", "nu", "di", "hr", "co", "ec")


@dataclass(frozen=True)
class Decision:
    """One decision of the invented Assembly, before the vote."""

    session: str
    number: int
    item: Item
    part: int
    kind: str  # resolution, paragraph, amendment, not_adopted, or without_vote
    day: date

    @property
    def symbol(self) -> str:
        """As sources write it since session 71."""
        return f"A/RES/{self.session}/{self.number}"

    @property
    def title(self) -> str:
        """The same in each session, so that a title matches its predecessors."""
        part = f", part {self.part}" if self.part > 1 else ""
        return f"Synthetic resolution on {self.item.subject}{part}"


def decisions_of_all_sessions(
    scale: int, unxml_sessions: Iterable[int] = UNXML_SESSIONS
) -> list[Decision]:
    """Every decision of the invented Assembly, session by session, the emergency one last.

    `scale` multiplies the items on the agenda, `unxml_sessions` are those of the Secretariat.
    """
    regular = [
        decision
        for session in sorted({*VOETEN_SESSIONS, *unxml_sessions})
        for decision in _regular_session(session, scale)
    ]
    return [*regular, *_emergency_session(scale)]


def _regular_session(session: int, scale: int) -> Iterator[Decision]:
    """The year's agenda: most of it in autumn, the last two items when the session resumes."""
    autumn = [date(1945 + session, month, day) for month in (10, 11, 12) for day in range(8, 22)]
    summer = [date(1946 + session, 6, day) for day in range(8, 22)]
    for part in range(1, scale + 1):
        for place, item in enumerate(ITEMS):
            resumed = place >= len(ITEMS) - 2
            days = summer if resumed else autumn
            day = days[place * len(days) // len(ITEMS)]
            number = FIRST_NUMBER + (part - 1) * len(ITEMS) + place
            # Votes on parts and drafts come before the vote on the whole.
            for kind, of in (("not_adopted", 2), ("amendment", 5), ("paragraph", 1)):
                if place == of:
                    yield Decision(str(session), number, item, part, kind, day)
            yield Decision(str(session), number, item, part, "resolution", day)
    number = FIRST_NUMBER + scale * len(ITEMS)
    yield Decision(str(session), number, CONSENSUS_ITEM, 1, "without_vote", autumn[-1])


def _emergency_session(scale: int) -> Iterator[Decision]:
    for part in range(1, scale + 1):
        for place, day in enumerate(EMERGENCY_DAYS):
            number = FIRST_NUMBER + (part - 1) * len(EMERGENCY_DAYS) + place
            yield Decision(EMERGENCY, number, EMERGENCY_ITEM, part, "resolution", day)

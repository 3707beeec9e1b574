"""The question of a report, and its validation.

Belongs here: the arguments, and their checks against the published file. Not here: the study that
a build is configured with (orchestration/published/study.py), or any answer.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.published.query import QueryError, state_named

# As many as can be distinguished by colour, also by colour-blind readers.
MOST_POWERS = 7
FIRST_YEAR, LAST_YEAR = 1946, 9999
USUAL_SCHEME = "study"


class ReportError(Exception):
    """A report that can't be made; the message is for the user."""


@dataclass(frozen=True)
class Question:
    """How did the focus state vote compared with the powers, from one year through another?

    States are codes of dim_member_states; the first finding is about the order of the powers, the
    second about the first of them.
    """

    focus: str
    powers: tuple[str, ...]
    year_from: int
    year_to: int
    scheme: str

    @property
    def period(self) -> str:
        """The name of the whole period in the study's tables."""
        return f"{self.year_from}-{self.year_to}"

    @property
    def name(self) -> str:
        """The report's folder, one per question: KAZ-2007-2022-CHN-USA, or with -voeten."""
        scheme = [] if self.scheme == USUAL_SCHEME else [self.scheme]
        return "-".join([self.focus, self.period, *self.powers, *scheme])


def asked(
    connection: duckdb.DuckDBPyConnection,
    focus: str,
    powers: Sequence[str],
    year_from: int,
    year_to: int,
    scheme: str,
) -> Question:
    """The question, if this file can answer it.

    Raises ReportError, which names the nearest valid values, for an unknown state or scheme, for no
    powers or too many, for a power that is the focus state or is named twice, and for years in
    which the focus state cast no vote.
    """
    if not FIRST_YEAR <= year_from <= year_to <= LAST_YEAR:
        raise ReportError(
            f"The years {year_from} to {year_to} are not a period: votes begin in {FIRST_YEAR} and "
            "the first year must not be after the last."
        )
    schemes = [name for (name,) in connection.execute(_SCHEMES).fetchall()]
    if scheme not in schemes:
        raise ReportError(f"No topic scheme {scheme!r}: it is one of {', '.join(schemes)}.")
    focus = known_state(connection, focus)
    others = [known_state(connection, power) for power in powers]
    if not others:
        raise ReportError("Name at least one power other than the focus state.")
    if focus in others:
        raise ReportError(f"{focus} is the focus state: it can't be one of the powers too.")
    if twice := [power for power, times in Counter(others).items() if times > 1]:
        raise ReportError(f"Name each power once: {', '.join(twice)} is there twice.")
    if len(others) > MOST_POWERS:
        raise ReportError(f"{len(others)} powers are too many: {MOST_POWERS} at most.")
    question = Question(focus, tuple(others), year_from, year_to, scheme)
    _refuse_without_votes(connection, question)
    return question


_SCHEMES = "select distinct scheme from marts.vote_pairs order by all"


def known_state(connection: duckdb.DuckDBPyConnection, named: str) -> str:
    """The code of a state; raises ReportError, which names the nearest, if there is none."""
    try:
        return state_named(connection, named)
    except QueryError as unknown:
        raise ReportError(str(unknown)) from None


def _refuse_without_votes(connection: duckdb.DuckDBPyConnection, question: Question) -> None:
    found = connection.execute(
        """
        select
            count(*) filter (year between $year_from and $year_to) as votes,
            min(year) as first_year,
            max(year) as last_year
        from marts.fct_votes
        inner join marts.dim_roll_calls using (roll_call_id, year)
        where state = $focus and vote <> 'absent' and kind = 'resolution'
        """,
        {"focus": question.focus, "year_from": question.year_from, "year_to": question.year_to},
    ).fetchone()
    votes, first, last = found or (0, None, None)
    if not votes:
        known = f"its votes are of {first} to {last}" if first else "it has none at all"
        raise ReportError(
            f"{question.focus} cast no vote from {question.year_from} to {question.year_to}: "
            f"{known}."
        )

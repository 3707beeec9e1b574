"""Which roll calls are counted together: those of a chamber and topic in one period.

Belongs here: periods, and the query of the groups, which DuckDB and Spark understand. Not here:
counting (counting.py).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scale_out.votes import PairsError

# Too many topics to count without being asked: its subjects are thousands.
UNBIS = "unbis"
KEY = ("chamber", "scheme", "topic", "period")

_WINDOW = re.compile(r"window:([1-9]\d{0,4})")
# The period of a roll call as text, by kind.
_PERIODS = {
    "year": "cast(year(day) as string)",
    "session": "session",
    "month": "concat(cast(year(day) as string), '-', lpad(cast(month(day) as string), 2, '0'))",
}


@dataclass(frozen=True)
class Period:
    """A kind of period: `year`, `session`, `month`, or `window` of a number of days.

    A year is written 2024, a month 2024-03. A window is named by its last day, 2024-03-31, and has
    the roll calls of that day and of the `days` - 1 before it; there is one for each day on which a
    roll call of the topic was held.
    """

    kind: str
    days: int = 0

    def __str__(self) -> str:
        return f"{self.kind}:{self.days}" if self.days else self.kind


def period_named(words: str) -> Period:
    """A period by its name: year, session, month, or window:30. Raises PairsError."""
    if words in _PERIODS:
        return Period(words)
    if found := _WINDOW.fullmatch(words):
        return Period("window", int(found[1]))
    raise PairsError(
        f"No such period: {words}. There are {', '.join(_PERIODS)}, and window:DAYS, as in "
        "window:30."
    )


def groups(period: Period, schemes: Sequence[str]) -> str:
    """The query of the roll calls of each group: the columns of KEY and roll_call.

    It reads `topics` and `roll_calls` (chamber, roll_call, day, session).
    """
    wanted = ", ".join("'" + scheme.replace("'", "''") + "'" for scheme in schemes)
    dated = f"""
        select topics.chamber, topics.scheme, topics.topic, topics.roll_call, roll_calls.day,
            roll_calls.session
        from topics
        inner join roll_calls
            on topics.chamber = roll_calls.chamber and topics.roll_call = roll_calls.roll_call
        where topics.scheme in ({wanted})
    """
    if not period.days:
        kind = _PERIODS[period.kind]
        return f"select chamber, scheme, topic, {kind} as period, roll_call from ({dated}) as dated"
    return f"""
        with dated as ({dated}),
        days as (select distinct chamber, scheme, topic, day as last_day from dated)
        select dated.chamber, dated.scheme, dated.topic, cast(days.last_day as string) as period,
            dated.roll_call
        from dated
        inner join days
            on dated.chamber = days.chamber and dated.scheme = days.scheme
                and dated.topic = days.topic and dated.day <= days.last_day
                and dated.day > days.last_day - interval {period.days} day
    """


def schemes_of(known: Sequence[str], asked: Sequence[str]) -> tuple[str, ...]:
    """The schemes to count by: those asked for, else all of the input but UNBIS subjects.

    Raises PairsError for one that the input does not have.
    """
    if unknown := [scheme for scheme in asked if scheme not in known]:
        raise PairsError(
            f"No such scheme: {', '.join(unknown)}. The input has {', '.join(sorted(known))}."
        )
    wanted = asked or [scheme for scheme in known if scheme != UNBIS]
    return tuple(sorted(set(wanted)))

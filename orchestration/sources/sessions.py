"""Sessions of the Assembly: how they are written, and which dates can belong to them.

Belongs here: names and numbers of sessions, in every spelling that a source has. Not here: which
sessions a source serves, or the days on which a session opened (the dbt project's seeds).
"""

import re
from collections.abc import Iterable
from datetime import date

import polars as pl

FIRST_VOTE = date(1946, 1, 1)
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}
SESSION = re.compile(r"(?:ES-|S-)?[1-9]\d?")
ONES = (
    *("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth"),
    *("Tenth", "Eleventh", "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth"),
    *("Seventeenth", "Eighteenth", "Nineteenth"),
)
TENS = ("Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety")


def is_session(text: str) -> bool:
    """Whether a text is a session in this project's spelling: '77', 'ES-11' or 'S-32'."""
    return SESSION.fullmatch(text) is not None


def session_of(text: str | None) -> str | None:
    """A session as '77', 'ES-11' or 'S-32', from '77', '77.0', '11emsp', '32sp' and the like."""
    found = re.fullmatch(r"0*(\d{1,3})(?:\.0)?(emsp|sp)?", (text or "").strip().lower())
    if found:
        return {"emsp": "ES-", "sp": "S-", None: ""}[found[2]] + found[1]
    found = re.fullmatch(r"(ES|S)-?(\d{1,3}|[IVXL]+)", (text or "").strip().upper())
    return f"{found[1]}-{_number(found[2])}" if found and _number(found[2]) else None


def session_of_symbol(symbol: str | None) -> str | None:
    """The session that a symbol names: A/RES/77/229, A/RES/ES-11/1, A/RES/2200(XXI)."""
    found = re.match(r"A/RES/((?:ES-|S-)?\d{1,3})/", symbol or "")
    if found:
        return found[1]
    found = re.match(r"A/RES/\d+\s?[A-Z]?(?:-[A-Z])?\s?\((ES-|S-)?([IVXL]+)\)", symbol or "")
    return (found[1] or "") + str(_number(found[2])) if found and _number(found[2]) else None


def session_in_words(session: str) -> str:
    """A session up to 99 in words: 'Seventy-ninth session', 'Tenth emergency special session'."""
    kind, number = in_order(session)
    tens, ones = divmod(number, 10)
    if number < 20:
        words = ONES[number - 1]
    elif ones:
        words = f"{TENS[tens - 2]}-{ONES[ones - 1].lower()}"
    else:
        words = f"{TENS[tens - 2][:-1]}ieth"
    return words + {"": "", "ES": " emergency special", "S": " special"}[kind] + " session"


def in_order(session: str) -> tuple[str, int]:
    """Kind and number of a session, to sort by: ('ES', 11)."""
    kind, _, number = session.rpartition("-")
    return kind, int(number)


def session_after(session: str) -> str:
    """The next session of the same kind."""
    kind, number = in_order(session)
    return f"{kind}-{number + 1}" if kind else f"{number + 1}"


def next_sessions(known: Iterable[str]) -> list[str]:
    """The session of each kind that would come next: regular, emergency special, special."""
    newest = {in_order(session)[0]: session for session in sorted(known, key=in_order)}
    return [session_after(session) for session in newest.values()]


def is_day_of(day: date, session: str) -> bool:
    """Whether a date can belong to a session.

    Session n opens in September of the year 1945 + n and ends a year later. A year on either side
    is allowed: the first sessions were irregular, and dates in older records are approximate.
    Special and emergency sessions come at any time.
    """
    regular = -1 <= day.year - 1945 - int(session) <= 2 if session.isdecimal() else True
    return day >= FIRST_VOTE and regular


def not_a_day_of(vote_date: pl.Expr, session: pl.Expr) -> pl.Expr:
    """The negation, on columns: whether a date can't belong to its session."""
    regular = session.cast(pl.String).str.extract(r"^(\d{1,3})$", 1).cast(pl.Int32, strict=False)
    years = vote_date.dt.year() - 1945 - regular
    return (vote_date < pl.lit(FIRST_VOTE)) | ~years.is_between(-1, 2).fill_null(True)


def _number(text: str) -> int:
    """A number in Arabic or Roman numerals; 0 if it is neither."""
    if text.isdecimal():
        return int(text)
    values = [ROMAN[letter] for letter in text]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )

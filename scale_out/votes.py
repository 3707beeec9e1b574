"""The files that are counted: their columns, what may be in them, and what is wrong with a row.

Belongs here: the layout of the input, as queries that DuckDB and Spark both understand. Not here:
running them (local.py, spark.py), or which roll calls are counted together (groups.py).

A folder has these Parquet files, or folders of that name with a `.parquet` file or more in each:

- `votes`: `chamber`, `roll_call`, `member` (texts or numbers), `vote` (yes, abstain, no or absent),
  `day` (a date) and, for periods by session, `session`. One row per roll call and member of that
  day: who has no row was no member.
- `roll_call_topics`: `chamber`, `roll_call`, `scheme`, `topic`. Without it every roll call is of
  the topic `all` of the scheme `all`.

The exports of the warehouse are read as they are: their votes have `iso3`, and their days are in
`roll_calls`. Only resolutions are counted there, as in its marts.
"""

from collections.abc import Callable, Mapping, Sequence

from dbt_project.kernel.pair_counts import VOTES

# The name of the only chamber in an export of the warehouse.
ASSEMBLY = "UNGA"
ALL = "all"

# The columns of each file, those of an export first.
_EXPORT = {
    "votes": ("roll_call_id", "iso3", "vote"),
    "roll_calls": ("roll_call_id", "vote_date", "session", "kind"),
    "roll_call_topics": ("roll_call_id", "scheme", "topic"),
}
_ANY = {
    "votes": ("chamber", "roll_call", "member", "vote", "day"),
    "roll_call_topics": ("chamber", "roll_call", "scheme", "topic"),
}
FILES = ("votes", "roll_calls", "roll_call_topics")

# Columns that an engine adds to each file it reads: where a row came from.
FILE, ROW = "from_file", "from_row"

# A query's rows, as an engine gives them: at most a few.
Rows = Callable[[str], Sequence[Sequence[object]]]


class PairsError(Exception):
    """What can't be counted; the message is one line for the user."""


def queries(source: str, columns: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Queries of the votes and topics, over tables called `given_` and the name of the file.

    `columns` has the type of each column of each file that is there. Returns `votes` (chamber,
    roll_call, member, vote, day, session and the row's origin) and `topics` (chamber, roll_call,
    scheme, topic). Raises PairsError if a file or a column is missing, or `day` is not a date.
    """
    if "votes" not in columns:
        raise PairsError(
            f"{source} has no votes.parquet: name a folder with votes, or write one with "
            "`unga export`."
        )
    is_export = "iso3" in columns["votes"]
    for name, wanted in (_EXPORT if is_export else _ANY).items():
        if name not in columns and name != "votes" and not is_export:
            continue
        there = columns.get(name)
        if there is None:
            raise PairsError(
                f"{source} has no {name}.parquet, where the days of an export's votes are: write "
                f"it with `unga export votes roll_calls roll_call_topics --output FOLDER`."
                if name == "roll_calls"
                else f"{source} has no {name}.parquet: write it with `unga export`."
            )
        if missing := [column for column in wanted if column not in there]:
            raise PairsError(
                f"{source}/{name}.parquet has no column {missing[0]}: it needs "
                f"{', '.join(wanted)}, and has {', '.join(c for c in there if c not in _ORIGIN)}."
            )
    if is_export:
        return {"votes": _EXPORT_VOTES, "topics": _EXPORT_TOPICS}
    kind = columns["votes"]["day"]
    if not kind.lower().startswith(("date", "timestamp")):
        raise PairsError(
            f"{source}/votes.parquet has days of type {kind}: write them as dates, not as "
            "text or numbers."
        )
    session = "cast(session as string)" if "session" in columns["votes"] else "null"
    return {
        "votes": _ANY_VOTES.format(session=session),
        "topics": _ANY_TOPICS if "roll_call_topics" in columns else _NO_TOPICS,
    }


_ORIGIN = (FILE, ROW)
_EXPORT_VOTES = f"""
    select '{ASSEMBLY}' as chamber, votes.roll_call_id as roll_call, votes.iso3 as member,
        votes.vote, cast(roll_calls.vote_date as date) as day, roll_calls.session,
        votes.{FILE}, votes.{ROW}
    from given_votes as votes
    inner join given_roll_calls as roll_calls on votes.roll_call_id = roll_calls.roll_call_id
    where roll_calls.kind = 'resolution'
"""
_EXPORT_TOPICS = f"""
    select distinct '{ASSEMBLY}' as chamber, roll_call_id as roll_call, scheme, topic
    from given_roll_call_topics
"""
_ANY_VOTES = f"""
    select cast(chamber as string) as chamber, cast(roll_call as string) as roll_call,
        cast(member as string) as member, vote, cast(day as date) as day,
        cast({{session}} as string) as session, {FILE}, {ROW}
    from given_votes
"""
_ANY_TOPICS = """
    select distinct cast(chamber as string) as chamber, cast(roll_call as string) as roll_call,
        cast(scheme as string) as scheme, cast(topic as string) as topic
    from given_roll_call_topics
"""
_NO_TOPICS = f"""
    select distinct cast(chamber as string) as chamber, cast(roll_call as string) as roll_call,
        '{ALL}' as scheme, '{ALL}' as topic
    from given_votes
"""

# One row per roll call, over `votes`. Its days and sessions are alike unless something is wrong.
ROLL_CALLS = """
    select chamber, roll_call, min(day) as day, max(day) as last_day, min(session) as session,
        max(session) as last_session, count(*) as members
    from votes
    group by chamber, roll_call
"""
# A vote as the number that the kernel knows it by, over the columns of `votes`.
CODE = (
    "cast(case vote "
    + " ".join(f"when '{vote}' then {code}" for code, vote in enumerate(VOTES))
    + " end as tinyint)"
)

_WORDS = ", ".join(f"'{vote}'" for vote in VOTES)
_KEYS = ("chamber", "roll_call", "member", "day")
_WRONG_VOTE = f"""
    select {FILE}, {ROW}, vote, {", ".join(_KEYS)} from votes
    where vote is null or vote not in ({_WORDS})
        or {" or ".join(f"{key} is null" for key in _KEYS)}
    order by {FILE}, {ROW} limit 1
"""
_TWO_VOTES = f"""
    select chamber, roll_call, member, min({FILE}), min({ROW}), max({FILE}), max({ROW}) from votes
    group by chamber, roll_call, member having count(*) > 1
    order by chamber, roll_call, member limit 1
"""
_TWO_DAYS = """
    select chamber, roll_call, day, last_day, session, last_session from roll_calls
    where day <> last_day or session <> last_session
    order by chamber, roll_call limit 1
"""


def refuse_wrong_rows(rows: Rows) -> None:
    """Raise PairsError for the first vote with a value that is missing or unknown.

    `rows` runs a query over `votes` and `roll_calls`. Rows of a file are numbered from 1.
    """
    for file, row, vote, *keys in rows(_WRONG_VOTE):
        where = f"{_name(file)}, row {int(str(row)) + 1}"
        empty = [key for key, value in zip(_KEYS, keys, strict=True) if value is None]
        raise PairsError(
            f"{where}: {empty[0]} is missing. Fill it in, or leave the row out."
            if empty
            else f"{where}: the vote {vote!r} is none of {', '.join(VOTES)}. Write it as one of "
            "these; leave out who was no member."
        )
    for chamber, roll_call, day, last_day, session, last_session in rows(_TWO_DAYS):
        one, other = (day, last_day) if day != last_day else (session, last_session)
        raise PairsError(
            f"Roll call {roll_call} of {chamber} is of {one} and of {other}: give each roll call "
            "of a chamber an id of its own, and one day and session."
        )


def refuse_two_votes(rows: Rows) -> None:
    """Raise PairsError that names a member with two votes on one roll call; there must be one."""
    for chamber, roll_call, member, file, row, last_file, last_row in rows(_TWO_VOTES):
        first, last = (
            f"{_name(name)}, row {int(str(number)) + 1}"
            for name, number in ((file, row), (last_file, last_row))
        )
        raise PairsError(
            f"{first} and {last}: {member} has two votes on roll call {roll_call} of {chamber}. "
            "Leave one."
        )


def _name(file: object) -> str:
    return str(file).removeprefix("file://")

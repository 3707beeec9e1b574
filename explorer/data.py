"""What the page is given, from the published file.

Belongs here: the queries, and the form in which the page has their answers. Not here: any counting
(static/counts.js and measures.js), the bytes (binary.py), the words of a citation
(orchestration/published/citation.py).
"""

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from explorer.binary import NO_MEMBER, pack, pack_votes
from orchestration.published.citation import as_bibtex, as_text, references
from orchestration.published.public import NOT_PUBLIC, PAIRED_SCHEMES, PUBLIC, make_public
from orchestration.published.query import open_published
from orchestration.published.study import configured_study
from reports.narrative import short_name, with_article

# The outlines that the report draws too.
WORLD = Path(__file__).parents[1] / "reports" / "world-110m.json"
# Shown with a roll call; no pairs are counted by them, since there are too many.
SUBJECTS = "unbis"
SERIES = "all_votes"

# Each state's latest name.
_STATES = """
    select state, arg_max(name, member_from) as name
    from marts.dim_member_states
    group by state
    order by state
"""
# All names by which a state may be typed.
_NAMES = "select state, name, kind from seeds.state_names order by state, name"
# By year, so that those of a year are a range.
_ROLL_CALLS = """
    select
        roll_call_id, symbol, session, vote_date, date_precision, year, kind, duplicate_of,
        coalesce(clean_title, title, '') as title, agenda_item, committee, meeting, draft, source,
        release, sources, yes_stated, no_stated, abstain_stated
    from marts.dim_roll_calls
    order by year, vote_date, roll_call_id
"""
_VOTES = """
    select
        roll_calls.place as roll_call,
        states.place as state,
        (case vote when 'yes' then 0 when 'abstain' then 1 when 'no' then 2 else 3 end)::utinyint
            as vote
    from marts.fct_votes
    inner join (
        select
            roll_call_id,
            (row_number() over (order by year, vote_date, roll_call_id) - 1)::integer as place
        from marts.dim_roll_calls
    ) as roll_calls using (roll_call_id)
    inner join (
        select state, (row_number() over (order by state) - 1)::integer as place
        from marts.dim_member_states
        group by state
    ) as states using (state)
"""
_CORRECTED = """
    select roll_call_id, state, vote_as_given, corrected_by
    from marts.fct_votes
    where corrected_by is not null
    order by all
"""
_TOPICS = "select scheme, topic, name from marts.dim_topics order by scheme, topic <> 'all', name"
_TOPICS_OF = """
    select roll_call_id, scheme, topic
    from marts.bridge_roll_call_topics
    order by all
"""
_GROUPS = "select group_code, name, source from marts.dim_groups order by name"
_MEMBERS = """
    select group_code, state, joined_on, left_on, certainty
    from marts.dim_group_members
    order by group_code, state, joined_on
"""
_KEY_VOTES = """
    select distinct list, roll_call_id, symbol, vote_date, conflict, title
    from marts.key_votes
    order by list, vote_date, symbol
"""
_DOUBTS = """
    select source, roll_call_id, state, rule, says, done, certainty
    from marts.doubts
    where roll_call_id is not null
    order by all
"""
_DOUBT_RULES = """
    select rule, count(*)::integer as doubts, count(distinct roll_call_id)::integer as roll_calls
    from marts.doubts
    group by rule
    order by doubts desc, rule
"""
_COVERAGE = """
    select year, counted_by_library, found, missing, too_many, reason
    from marts.coverage
    order by year
"""
_COMPLETENESS = """
    select source, session, expected_roll_calls, found_roll_calls, status, gap_reason
    from marts.completeness
    where status <> 'as expected'
    order by source, first_vote, session
"""
_FRESHNESS = """
    select mart, data_through, releases, built_at, checked_at, is_fresh
    from marts.freshness
    order by mart
"""
_PUBLICATION = "select * from marts.publication"
_SEATS = """
    select state, min(year) as first_year, max(year) as last_year, note
    from marts.state_years
    where note is not null
    group by state, note
    order by state, first_year
"""
# The minimum n of a measure is a setting of the build, told by where measures are null.
_MINIMUM_N = """
    select coalesce(max(n), 0)::integer + 1 as n
    from marts.cohesion_by_pair_year_topic
    where scheme = 'voeten' and agreement_half is null
"""
_IDEAL_POINTS = f"""
    select state, year, session, estimate, q05, q95
    from marts.ideal_points
    where series = '{SERIES}'
    order by state, session
"""
_IDEAL_POINTS_RUN = f"""
    select data_through, is_current, estimated_at
    from marts.ideal_points_run
    where series = '{SERIES}'
"""
# Views over tables that an estimation fills: a file of before has none of them.
_HAS_IDEAL_POINTS = """
    select table_name
    from information_schema.tables
    where table_schema = 'marts' and table_name = 'ideal_points_run'
"""

Row = dict[str, Any]


class ExplorerError(Exception):
    """A page that can't be made; the message is for the user."""


def votes_of(database: Path, public: bool = False) -> bytes:
    """Everything that the page shows, packed (binary.py).

    With `public`, without what may not be passed on: roll calls are then as the next source has
    them, and those that no other has are left out. Raises QueryError if nothing is published there,
    ExplorerError if the file is of an older version.
    """
    try:
        with closing(open_published(database)) as connection:
            left_out = make_public(connection) if public else None
            header, arrays = _gathered(connection, PUBLIC if public else {})
    except (duckdb.CatalogException, duckdb.BinderException) as lacking:
        raise ExplorerError(
            "The file was built by an older version, which lacks what the explorer reads: run "
            "`unga refresh`."
        ) from lacking
    header["left_out"] = f"{left_out}" if left_out else None
    works = references(database, without=NOT_PUBLIC if public else ())
    header["citation"] = {"text": as_text(works), "bibtex": as_bibtex(works)}
    return pack(header, arrays)


def _gathered(
    connection: duckdb.DuckDBPyConnection, instead: Mapping[str, str]
) -> tuple[Row, dict[str, np.ndarray]]:
    """The header and the arrays; `instead` names tables to read in place of some of the file's."""

    def read(sql: str) -> duckdb.DuckDBPyConnection:
        for table, other in instead.items():
            sql = re.sub(rf"\b{re.escape(table)}\b", other, sql)
        return connection.execute(sql)

    def rows(sql: str) -> list[Row]:
        cursor = read(sql)
        names = [column[0] for column in cursor.description or []]
        return [
            {name: _plain(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]

    states, roll_calls = rows(_STATES), rows(_ROLL_CALLS)
    place_of_state = {row["state"]: place for place, row in enumerate(states)}
    place_of = {row["roll_call_id"]: place for place, row in enumerate(roll_calls)}
    arrays = pack_votes(_matrix(read(_VOTES).fetchnumpy(), len(states), len(roll_calls)))
    arrays["years"] = np.array([row.pop("year") for row in roll_calls], np.int16)
    arrays["days"] = np.array(
        [date.fromisoformat(row.pop("vote_date")).toordinal() for row in roll_calls], np.int32
    ) - np.int32(date(1970, 1, 1).toordinal())
    topics = rows(_TOPICS)
    arrays |= _topics(rows(_TOPICS_OF), topics, place_of)
    has_ideal_points = bool(rows(_HAS_IDEAL_POINTS))
    points = rows(_IDEAL_POINTS) if has_ideal_points else []
    arrays["point_states"] = np.array([place_of_state[row["state"]] for row in points], np.uint8)
    arrays["point_years"] = np.array([row["year"] for row in points], np.int16)
    arrays["point_sessions"] = np.array([row["session"] for row in points], np.int16)
    for name in ("estimate", "q05", "q95"):
        arrays[f"point_{name}"] = np.array([row[name] for row in points], np.float32)
    (publication,) = rows(_PUBLICATION)
    study = configured_study()
    header = {
        "publication": publication,
        "minimum_n": rows(_MINIMUM_N)[0]["n"],
        "start": {"focus": study.focus[0], "powers": list(study.powers)},
        "states": [_named(row) for row in states],
        "names": rows(_NAMES),
        "roll_calls": {name: _coded([row[name] for row in roll_calls]) for name in roll_calls[0]},
        "schemes": {
            scheme: [[row["topic"], row["name"]] for row in _of_scheme(topics, scheme)]
            for scheme in PAIRED_SCHEMES
        },
        "subjects": [row["name"] for row in _of_scheme(topics, SUBJECTS)],
        "groups": rows(_GROUPS),
        "members": rows(_MEMBERS),
        "key_votes": rows(_KEY_VOTES),
        "corrected": rows(_CORRECTED),
        "doubts": rows(_DOUBTS),
        "doubt_rules": rows(_DOUBT_RULES),
        "coverage": rows(_COVERAGE),
        "completeness": rows(_COMPLETENESS),
        "freshness": rows(_FRESHNESS),
        "seats": rows(_SEATS),
        "ideal_points_run": next(iter(rows(_IDEAL_POINTS_RUN)), None) if has_ideal_points else None,
        "world": json.loads(WORLD.read_text(encoding="utf-8"))["features"],
    }
    return header, arrays


def _named(state: Row) -> Row:
    """A state with its name in short, alone and within a sentence."""
    short = short_name(state["state"], state["name"])
    return state | {"short": short, "in_text": with_article(short)}


def _matrix(columns: Mapping[str, Any], states: int, roll_calls: int) -> np.ndarray:
    """Votes as a matrix of states by roll calls, uint8 (binary.py)."""
    votes = np.full((states, roll_calls), NO_MEMBER, dtype=np.uint8)
    votes[columns["state"], columns["roll_call"]] = columns["vote"]
    return votes


def _topics(
    assigned: Iterable[Row], topics: list[Row], place_of: dict[str, int]
) -> dict[str, np.ndarray]:
    """The roll calls of each topic.

    `topics_<scheme>` has a bit for each topic and roll call (uint8, the first roll call in the
    lowest bit; each topic begins a byte). `subjects` has the UNBIS subjects of one roll call after
    another (uint16), those of a roll call from `subject_starts` at its place on (int32).
    """
    places = {
        scheme: {row["topic"]: place for place, row in enumerate(_of_scheme(topics, scheme))}
        for scheme in (*PAIRED_SCHEMES, SUBJECTS)
    }
    bits = {
        scheme: np.zeros((len(places[scheme]), len(place_of)), bool) for scheme in PAIRED_SCHEMES
    }
    subjects: list[list[int]] = [[] for _ in place_of]
    for row in assigned:
        roll_call, topic = place_of[row["roll_call_id"]], places[row["scheme"]][row["topic"]]
        if row["scheme"] != SUBJECTS:
            bits[row["scheme"]][topic, roll_call] = True
        elif row["topic"] not in ("all", "none"):
            subjects[roll_call].append(topic)
    arrays = {
        f"topics_{scheme}": np.packbits(bits[scheme], axis=1, bitorder="little").ravel()
        for scheme in PAIRED_SCHEMES
    }
    arrays["subject_starts"] = np.cumsum([0, *map(len, subjects)]).astype(np.int32)
    arrays["subjects"] = np.array([topic for found in subjects for topic in found], np.uint16)
    return arrays


def _of_scheme(topics: Iterable[Row], scheme: str) -> list[Row]:
    return [row for row in topics if row["scheme"] == scheme]


def _coded(column: list[Any]) -> dict[str, list[Any]]:
    """A column as its distinct values, as they first appear, and the place of each row's value."""
    places: dict[Any, int] = {}
    codes = [places.setdefault(value, len(places)) for value in column]
    return {"values": list(places), "codes": codes}


def _plain(value: Any) -> Any:
    """A value as JSON has it: days and times as ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value

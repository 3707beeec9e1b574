"""The files of the invented Assembly, in the sources' own layouts.

Belongs here: writing what was decided and how the states voted as each source would. Not here: what
is decided (agenda.py), how the states vote (voting.py), or reading such files (sources/).
"""

import gzip
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.sample.agenda import (
    EMERGENCY,
    FIRST_NUMBER,
    UNDL_DATE,
    UNDL_SESSIONS,
    UNXML_SESSIONS,
    VOETEN_CODES,
    VOETEN_SESSIONS,
    Decision,
    decisions_of_all_sessions,
)
from orchestration.sample.voting import ABSENT, ABSTAIN, NO, YES, votes_on

# A source's name for a state where it is not the current one.
UNXML_NAMES = {"USA": "UNITED STATES", "GBR": "UNITED KINGDOM"}
UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
TENS = {7: "Seventy", 8: "Eighty", 9: "Ninety"}
TURKEY_UNTIL = date(2022, 6, 1)


def make_sample(folder: Path, scale: int = 1, seed: int = 1946) -> None:
    """Write the synthetic Assembly to a folder laid out as a mirror of the sources.

    Makes `unxml/<session>.json`, `dataverse/UNVotes.csv.gz` and `undl/<date>_ga_voting.csv.gz`, the
    same bytes for the same scale and seed. A session has 15 * scale resolutions with a recorded
    vote and one without; the Dataverse file has 3 * scale other roll calls a session beside them.
    Raises ValueError for a scale below 1.
    """
    if scale < 1:
        raise ValueError(f"scale is {scale}: it multiplies the roll calls and is 1 or more")
    decisions = decisions_of_all_sessions(scale)
    votes = votes_on(decisions, np.random.default_rng(seed))
    write_fetched(folder, decisions, votes, UNXML_SESSIONS)
    undl = folder / "undl" / f"{UNDL_DATE:%Y_%m_%d}_ga_voting.csv.gz"
    undl.parent.mkdir(exist_ok=True)
    write_gzip(undl, undl_csv(decisions, votes, UNDL_SESSIONS))


def write_fetched(
    folder: Path, decisions: list[Decision], votes: pl.DataFrame, unxml_sessions: Iterable[int]
) -> None:
    """Write what a refresh fetches by itself: the Dataverse's file and the Secretariat's sessions.

    `votes` are those on `decisions` (voting.votes_on), whose places in the list they name.
    """
    for name in ("unxml", "dataverse"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    write_gzip(folder / "dataverse" / "UNVotes.csv.gz", _voeten_csv(decisions, votes))
    for session in (*map(str, unxml_sessions), EMERGENCY):
        lines = _unxml_lines(session, decisions, votes)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / "unxml" / f"{session}.json").write_text(text, encoding="utf-8")


def _frame(decisions: list[Decision], kinds: tuple[str, ...], sessions: set[str]) -> pl.DataFrame:
    """The roll calls of a source, with their position in the full list."""
    return pl.DataFrame(
        [
            {
                "place": place,
                "session": decision.session,
                "number": decision.number,
                "symbol": decision.symbol,
                "kind": decision.kind,
                "day": decision.day,
                "title": decision.title,
                "agenda_item": decision.item.agenda_item,
                "subjects": "|".join(decision.item.subjects),
                **{code: int(code in decision.item.codes) for code in VOETEN_CODES},
            }
            for place, decision in enumerate(decisions)
            if decision.session in sessions and decision.kind in kinds
        ],
        schema_overrides={"place": pl.Int32},
    )


def _voeten_csv(decisions: list[Decision], votes: pl.DataFrame) -> bytes:
    frame = _frame(
        decisions,
        ("resolution", "paragraph", "amendment", "not_adopted"),
        {str(session) for session in VOETEN_SESSIONS},
    )
    session = pl.col("session").cast(pl.Int32)
    kind = pl.col("kind")
    symbol = pl.col("symbol")
    symbol = pl.when(session < 71).then(symbol.str.replace("A/RES/", "R/")).otherwise(symbol)
    described = pl.col("title").str.to_uppercase()
    return (
        votes.join(frame, on="place", how="inner", maintain_order="left")
        .select(
            rcid=900_001 + pl.col("place"),
            ccode="cow_code",
            member=pl.col("seated").cast(pl.Int8),
            vote="vote",
            session=session,
            Country="state",
            Countryname="name",
            year=pl.col("day").dt.year(),
            date="day",
            unres=pl.when(kind != "not_adopted").then(symbol),
            amend=(kind == "amendment").cast(pl.Int8),
            para=(kind == "paragraph").cast(pl.Int8),
            short=described.str.strip_prefix("SYNTHETIC RESOLUTION ON "),
            descr=pl.when(kind == "resolution")
            .then("title")
            .when(kind == "paragraph")
            .then(pl.lit("Operative paragraph 2: ") + pl.col("title"))
            .when(kind == "amendment")
            .then(pl.lit("Amendment to: ") + pl.col("title"))
            .otherwise(pl.lit("Draft not adopted: ") + pl.col("title")),
            **{code: code for code in VOETEN_CODES},
            importantvote=pl.when(session < 70).then("nu"),
            resid=session * 1000 + pl.col("number") - FIRST_NUMBER + 1,
        )
        .write_csv()
        .encode()
    )


def undl_csv(decisions: list[Decision], votes: pl.DataFrame, undl_sessions: Iterable[int]) -> bytes:
    """The Digital Library's file with some regular sessions and the emergency one."""
    frame = _frame(decisions, ("resolution",), {*map(str, undl_sessions), EMERGENCY})
    vote = pl.col("vote")
    totals = {
        "total_yes": (vote == YES).sum().over("place"),
        "total_no": (vote == NO).sum().over("place"),
        "total_abstentions": (vote == ABSTAIN).sum().over("place"),
        "total_non_voting": (vote == ABSENT).sum().over("place"),
        "total_ms": pl.len().over("place"),
    }
    nothing = pl.lit("")
    draft = pl.format("A/{}/L.{}", "session", "number")
    text = (
        votes.filter("seated")
        .join(frame, on="place", how="inner", maintain_order="left")
        .select(
            undl_id=900_001 + pl.col("place"),
            ms_code="state",
            ms_name=pl.col("name").str.to_uppercase(),
            ms_vote=vote.replace_strict({YES: "Y", NO: "N", ABSTAIN: "A", ABSENT: "X"}),
            date="day",
            session="session",
            resolution="symbol",
            draft=draft,
            committee_report=nothing,
            meeting=pl.format("A/{}/PV.{}", "session", "number"),
            title="title",
            agenda_title="agenda_item",
            subjects="subjects",
            vote_note=nothing,
            **{name: total.cast(pl.Float64) for name, total in totals.items()},
            undl_link=nothing,
        )
        .write_csv(include_bom=True, quote_style="necessary")
    )
    return text.encode()


def _unxml_lines(
    session: str, decisions: list[Decision], votes: pl.DataFrame
) -> Iterator[dict[str, object]]:
    """A session's resolutions, including those adopted without a vote, as JSON objects."""
    listed = votes.filter(pl.col("vote").is_in([YES, NO, ABSTAIN]))
    by_place = listed.partition_by("place", as_dict=True)
    for place, decision in enumerate(decisions):
        if decision.session == session and decision.kind in ("resolution", "without_vote"):
            yield _unxml_line(decision, by_place[(place,)])


def _unxml_line(decision: Decision, votes: pl.DataFrame) -> dict[str, object]:
    recorded = decision.kind == "resolution"
    lists: dict[str, list[str]] = {"favour": [], "against": [], "abstaining": []}
    if recorded:
        for code, side in ((YES, "favour"), (NO, "against"), (ABSTAIN, "abstaining")):
            names = votes.filter(pl.col("vote") == code).select("state", "name").rows()
            lists[side] = sorted(_unxml_name(state, name, decision.day) for state, name in names)
    # The first session's file has times with its dates, and no counts if there was no vote.
    first, newest = str(UNXML_SESSIONS[0]), str(UNXML_SESSIONS[-1])
    day = f"{decision.day} 00:00:00" if decision.session == first else f"{decision.day:%-d %B %Y}"
    no_count = "N.A." if decision.session == first and not recorded else "0"
    counts = {
        f"MS_{side}_count": str(len(names) or no_count)
        for side, names in zip(("in_favour", "against", "abstaining"), lists.values(), strict=True)
    }
    states = dict(zip(("MS_in_favour", "MS_against", "MS_abstaining"), lists.values(), strict=True))
    session_name = _session_name(decision.session)
    line: dict[str, object] = {
        "symbol": decision.symbol,
        "resolution_number": f"{decision.session}/{decision.number}.",
        "title": decision.title,
        "session": session_name,
        "adoption_meeting": f"{decision.number}th plenary meeting",
        "adoption_date": day,
        "originating_document": f"A/{decision.session}/L.{decision.number}",
        "report_paragraph": "N.A.",
        "committee": decision.item.committee,
        "agenda_item": "Agenda item 1",
        "agenda_item_name": decision.item.agenda_item,
        "adoption_type": "By a recorded vote" if recorded else "Without a vote",
        **counts,
        "pv": f"A/{decision.session}/PV.{decision.number}",
        **states,
        "sponsors": (lists["favour"] or ["SUBMITTED BY THE PRESIDENT OF THE GENERAL ASSEMBLY"])[:2],
        "additional_sponsors": lists["favour"][2:3],
        "SDGs": [],
        "subjects": [[subject, "UNBIS Thesaurus"] for subject in decision.item.subjects],
    }
    if decision.session == newest:
        line["voting_type"] = "adoptedRecordedVote" if recorded else "adoptedWithoutVote"
    return line


def _unxml_name(state: str, name: str, day: date) -> str:
    if state == "TUR" and day < TURKEY_UNTIL:
        return "TURKEY"
    return UNXML_NAMES.get(state, name.upper())


def _session_name(session: str) -> str:
    if session == EMERGENCY:
        return "Eleventh emergency special session"
    tens, unit = divmod(int(session), 10)
    name = TENS[tens]
    return f"{name[:-1]}ieth session" if not unit else f"{name}-{UNITS[unit - 1]} session"


def write_gzip(path: Path, content: bytes) -> None:
    """Write a gzip file without the time and name that would make its bytes differ each time."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=6) as file:
        file.write(content)
    path.write_bytes(packed.getvalue())

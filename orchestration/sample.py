"""The synthetic Assembly: a small invented world to try the warehouse on, in the sources' layouts.

Belongs here: what the invented Assembly debates, how its states vote, and the files that say so.
Not here: reading such files (sources/), or what becomes of them.

Nothing in it can be taken for a real vote: its resolutions are numbered from 9001 on, its titles
say "Synthetic", and its conflicts are between countries of fiction. Only the states are real, each
voting in the years in which it was a member.

How a state votes is a spatial model in one dimension. A state stands at an ideal point x, a
proposal at p and the state of things that it would change at q; the state gains |x - q| - |x - p|
by it, with logistic noise on top, says yes to a clear gain, no to a clear loss, and else abstains.
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

# Some years of dissolved states, the first of a young one, and the newest: enough to try things
# on, few enough to be built quickly.
VOETEN_SESSIONS = (*range(44, 48), 66, *range(70, 78))
UNXML_SESSIONS = range(74, 79)
# Ends a session before the Secretariat's files, so that each source gives some roll calls.
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
INDIFFERENCE = 0.5
NOISE = 0.22

# Where the voting states stand, from the South of the first years (-) to the West (+).
IDEAL_POINTS = {
    "USA": 2.0, "ISR": 1.9, "GBR": 1.5, "CAN": 1.4, "FRA": 1.3, "DEU": 1.1, "NOR": 1.0, "SWE": 0.9,
    "POL": 0.9, "JPN": 0.8, "GEO": 0.7, "UKR": 0.6, "TUR": 0.2, "MEX": -0.1, "KAZ": -0.2,
    "SSD": -0.2, "BRA": -0.3, "KEN": -0.4, "ZAF": -0.6, "IND": -0.6, "NGA": -0.6, "SAU": -0.7,
    "IDN": -0.8, "EGY": -0.8, "RUS": -0.8, "PAK": -0.9, "CHN": -1.0, "BLR": -1.1, "VNM": -1.1,
    "IRN": -1.2, "CUB": -1.4, "CSK": -0.6, "DDR": -1.2,
}  # fmt: skip
# What a source calls a state where it does not use its present name.
UNXML_NAMES = {"USA": "UNITED STATES", "GBR": "UNITED KINGDOM"}
TURKEY_UNTIL = date(2022, 6, 1)


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
CONSENSUS_ITEM = _item(
    "a culture of peace", PLENARY, "Culture of peace", "CULTURE OF PEACE", "", -0.2, 3.0,
)  # fmt: skip
VOETEN_CODES = ("me", "nu", "di", "hr", "co", "ec")


@dataclass(frozen=True)
class Decision:
    """One decision of the invented Assembly, before it is known how the states voted."""

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
    decisions = [
        decision
        for session in sorted({*VOETEN_SESSIONS, *UNXML_SESSIONS})
        for decision in _regular_session(session, scale)
    ]
    decisions += _emergency_session(scale)
    votes = _votes(decisions, np.random.default_rng(seed))
    for name in ("unxml", "dataverse", "undl"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _write_gzip(folder / "dataverse" / "UNVotes.csv.gz", _voeten_csv(decisions, votes))
    undl = folder / "undl" / f"{UNDL_DATE:%Y_%m_%d}_ga_voting.csv.gz"
    _write_gzip(undl, _undl_csv(decisions, votes))
    for session in (*map(str, UNXML_SESSIONS), EMERGENCY):
        lines = _unxml_lines(session, decisions, votes)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (folder / "unxml" / f"{session}.json").write_text(text, encoding="utf-8")


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
            # Votes on parts and drafts come before the one on the whole.
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


def _seats(decisions: list[Decision]) -> pl.DataFrame:
    """Who had a seat: columns place, state, name, cow_code, seated, can_vote.

    One row per roll call (by its place in the list) and member of its day, and one per roll call
    and voting state that was no member then (seated false), as the Dataverse file has them.
    """
    days = pl.DataFrame(
        {"place": range(len(decisions)), "day": [decision.day for decision in decisions]},
        schema={"place": pl.Int32, "day": pl.Date},
    )
    reference = DBT_PROJECT / "seeds" / "reference"
    spells = pl.read_csv(reference / "member_states.csv", try_parse_dates=True)
    kept = pl.read_csv(reference / "kept_from_voting.csv", try_parse_dates=True)
    never = pl.lit(date(2999, 1, 1))
    held = days.join_where(
        spells,
        pl.col("day") >= pl.col("member_from"),
        pl.col("day") < pl.col("member_to").fill_null(never),
    )
    barred = days.join_where(
        kept,
        pl.col("day") >= pl.col("kept_from"),
        pl.col("day") < pl.col("kept_to").fill_null(never),
    )
    voters = spells.filter(pl.col("state").is_in(list(IDEAL_POINTS))).unique(
        "state", keep="last", maintain_order=True
    )
    columns = ["place", "state", "name", "cow_code", "seated", "can_vote"]
    members = held.join(
        barred.select("place", "state", barred=True), on=["place", "state"], how="left"
    ).select(
        "place",
        "state",
        "name",
        "cow_code",
        seated=pl.lit(True),
        can_vote=pl.col("barred").is_null() & pl.col("state").is_in(list(IDEAL_POINTS)),
    )
    others = (
        days.join(voters, how="cross")
        .join(members, on=["place", "state"], how="anti")
        .select("place", "state", "name", "cow_code", seated=pl.lit(False), can_vote=pl.lit(False))
    )
    return pl.concat([members.select(columns), others.select(columns)]).sort("place", "cow_code")


def _votes(decisions: list[Decision], random: np.random.Generator) -> pl.DataFrame:
    """How the states voted: the seats and a column `vote` in Voeten's numbers.

    Members that are none of the voting states are absent from every vote.
    """
    states = list(IDEAL_POINTS)
    shape = (len(decisions), len(states))
    points = np.array([IDEAL_POINTS[state] for state in states])
    shift = 0.5 * (random.random((shape[0], 1)) - 0.5)
    proposal = np.array([[decision.item.proposal] for decision in decisions]) + shift
    status_quo = np.array([[decision.item.status_quo] for decision in decisions]) + shift
    lot = np.clip(random.random(shape), 1e-9, 1 - 1e-9)
    gain = np.abs(points - status_quo) - np.abs(points - proposal)
    gain += NOISE * np.log(lot / (1 - lot))
    # Who wants an item's proposals is against what others would put in their place.
    rejected = np.array([decision.kind in ("amendment", "not_adopted") for decision in decisions])
    gain[rejected] *= -1
    present = random.random(shape) >= ABSENCE

    seats = _seats(decisions)
    column = {state: place for place, state in enumerate(states)}
    voting = seats.filter("can_vote")
    rows = voting["place"].to_numpy()
    columns = voting["state"].replace_strict(column, return_dtype=pl.Int32).to_numpy()
    can_vote = np.zeros(shape, dtype=bool)
    can_vote[rows, columns] = True
    votes = _settled(gain, can_vote & present, rejected)
    cast = voting.select("place", "state", cast=pl.Series(votes[rows, columns]))
    return seats.join(cast, on=["place", "state"], how="left", maintain_order="left").with_columns(
        vote=pl.when("seated").then(pl.col("cast").fill_null(ABSENT)).otherwise(NOT_MEMBER)
    )


def _settled(gain: np.ndarray, votes: np.ndarray, rejected: np.ndarray) -> np.ndarray:
    """Votes by gains; a text is softened until it carries, or sharpened until it falls.

    `gain` and `votes` (who votes at all) are roll calls by states, `rejected` one a roll call.
    """
    while True:
        yes, no = votes & (gain > INDIFFERENCE), votes & (gain < -INDIFFERENCE)
        carried = yes.sum(axis=1) > no.sum(axis=1)
        wrong = carried == rejected
        if not wrong.any():
            return np.select([yes, no, votes], [YES, NO, ABSTAIN], ABSENT)
        gain[wrong] += np.where(rejected[wrong], -0.1, 0.1)[:, None]


def _frame(decisions: list[Decision], kinds: tuple[str, ...], sessions: set[str]) -> pl.DataFrame:
    """The roll calls that a source has, with their place in the list of all."""
    return pl.DataFrame(
        [
            {
                "place": place,
                "session": it.session,
                "number": it.number,
                "symbol": it.symbol,
                "kind": it.kind,
                "day": it.day,
                "title": it.title,
                "agenda_item": it.item.agenda_item,
                "subjects": "|".join(it.item.subjects),
                **{code: int(code in it.item.codes) for code in VOETEN_CODES},
            }
            for place, it in enumerate(decisions)
            if it.session in sessions and it.kind in kinds
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


def _undl_csv(decisions: list[Decision], votes: pl.DataFrame) -> bytes:
    sessions = {*map(str, UNDL_SESSIONS), EMERGENCY}
    frame = _frame(decisions, ("resolution",), sessions)
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
    """A session's resolutions, those adopted without a vote too, as JSON objects."""
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
    # The first session's file has times at its days, and no counts where there was no vote.
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
        "subjects": [[it, "UNBIS Thesaurus"] for it in decision.item.subjects],
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
    unit = ("fourth", "fifth", "sixth", "seventh", "eighth")[int(session) - 74]
    return f"Seventy-{unit} session"


def _write_gzip(path: Path, content: bytes) -> None:
    """Write a gzip file without the time and name that would make it another one each time."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=6) as file:
        file.write(content)
    path.write_bytes(packed.getvalue())

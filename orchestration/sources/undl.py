"""The UN Digital Library's bulk file of votes: the authority, put into the landing by a person.

Belongs here: its schema versions, its terms, its file names, the note beside it. Not here: how a
file is taken in (single_file.py), or how names of states and symbols are read (the dbt project).
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import quote, unquote

import polars as pl

from orchestration.sources.http import Client, NotThereError
from orchestration.sources.places import OnDisk, OnServer
from orchestration.sources.release import (
    ByHandError,
    FileOutcome,
    LandedFile,
    Origin,
    Source,
    SourceError,
)
from orchestration.sources.sessions import not_a_day_of, session_of, session_of_symbol
from orchestration.sources.single_file import Details, Read, SingleFileSource, Taking
from orchestration.sources.tables import (
    ROW,
    Check,
    Slips,
    described_once,
    header,
    parse_date,
    parse_int,
    polars_errors_named,
    refuse,
    refuse_if_common,
    scan,
)
from orchestration.sources.unpacking import hash_of_text, note_in, unpacked

TOTALS = ("total_yes", "total_no", "total_abstentions", "total_non_voting", "total_ms")
VOTE = ("ms_code", "ms_name", "ms_vote")
# What stands on every row of a roll call.
DESCRIPTION = (
    "undl_id",
    "date",
    "session",
    "resolution",
    "draft",
    "committee_report",
    "meeting",
    "title",
    "agenda_title",
    "subjects",
    "vote_note",
    *TOTALS,
    "undl_link",
)
COLUMNS = VOTE + DESCRIPTION
# The first release (September 2024) has other column names and neither session nor note.
FIRST_RELEASE = {
    "ms_code": ("ms_codes",),
    "ms_name": ("ms_names",),
    "ms_vote": ("ms_votes",),
    "resolution": ("resolutions",),
    "draft": ("drafts",),
    "committee_report": ("committee_reports",),
    "meeting": ("meetings",),
    "title": ("titles",),
    "agenda_title": ("agenda_titles",),
    "total_yes": ("yes",),
    "total_no": ("no",),
    "total_abstentions": ("abstentions",),
    "total_non_voting": ("non_voting", "non-voting"),
    "total_ms": ("total_voting", "total-voting"),
}
OPTIONAL = {"session", "vote_note"}
NOT_VOTING = ("NV", "")
SUFFIXES = (".csv", ".csv.gz", ".zip")
NOTE = "_md.md"
DATED = re.compile(r"(\d{4})[_-](\d{1,2})[_-](\d{1,2})(?=\D)")

SOURCE = Source(
    name="undl",
    title="UN Digital Library, General Assembly voting data",
    licence="Copyright United Nations; non-commercial use with attribution; no redistribution",
    citation="United Nations, Dag Hammarskjöld Library, General Assembly Voting Data, "
    "https://digitallibrary.un.org/record/4060887",
    terms="https://digitallibrary.un.org/pages/?ln=en&page=tos (automated download needs approval)",
    url="https://digitallibrary.un.org/record/4060887",
    schema_versions=(
        "2025 on, 20 columns: singular names, session, vote_note",
        "March 2025, 19 columns: the same without vote_note",
        "September 2024: plural names, session read from the symbol",
    ),
)


BY_HAND = (
    f"download the newest <date>_ga_voting.csv from {SOURCE.url} in a browser and put it into the "
    "landing folder undl/ (csv, csv.gz or zip)"
)


class Undl(SingleFileSource):
    """The Digital Library's file; the internet is never asked for it."""

    source = SOURCE
    parser = 2
    suffixes = SUFFIXES

    def read(self, path: Path) -> Read:
        """The content of a file. Raises SourceError, naming the row, if any of it can't be read."""
        votes, corrections, content = _read(path)
        # A date years outside its session says nothing about how far the file reaches.
        days = votes.filter(~not_a_day_of(pl.col("vote_date"), pl.col("session")))["vote_date"]
        newest_vote = days.max()
        assert isinstance(newest_vote, date)
        return Read({"undl_votes": votes}, newest_vote, corrections, content)

    def ask(self, visit: Taking, origin: Origin) -> Iterable[FileOutcome]:
        """What came of the mirror's newest file. Raises NotInReachError, ByHandError."""
        none = f"the mirror {origin.mirror} has no undl/<date>_ga_voting.csv; {BY_HAND}"
        if mirror := origin.mirror_folder:
            names = _newest_last(path.name for path in (mirror / "undl").glob("*"))
            if not names:
                raise ByHandError(none)
            path = mirror / "undl" / names[-1]
            return [visit.take(OnDisk(path), self.details(path))]
        if not origin.mirror_url:
            raise ByHandError(f"its terms forbid automated download; {BY_HAND}")
        with Client(origin.retry) as client:
            # Files under a base URL can be found only if it lists them.
            try:
                page = client.read(f"{origin.mirror_url}/undl/", page=True)
            except NotThereError as error:
                raise ByHandError(f"{none} ({error})") from error
            names = _newest_last(unquote(name) for name in re.findall(r'href="([^"/?]+)"', page))
            if not names:
                raise ByHandError(none)
            url = f"{origin.mirror_url}/undl/{quote(names[-1])}"
            return [visit.take(OnServer(client, url, names[-1]))]

    def named(self, file: LandedFile, newest_vote: date) -> tuple[str, date]:
        """A release is named after the day in the file's name, if it has one."""
        day = release_day(file.name)
        return (day.isoformat(), day) if day else super().named(file, newest_vote)

    def details(self, path: Path) -> Details:
        """Version and citation, as the note beside the file or packed with it states them."""
        note = path.with_name(_stem(path.name) + NOTE)
        if note.is_file():
            text = note.read_text(encoding="utf-8-sig", errors="replace")
            return Details(None, *read_note(text), note)
        text = note_in(path) or ""
        return Details(None, *read_note(text))

    def is_note(self, path: Path) -> bool:
        """Whether a dropped file is a note (.md), which comes in with its table."""
        return path.name.lower().endswith(".md")

    def order(self, path: Path) -> tuple[date, str]:
        """By the day in the name."""
        return release_day(path.name) or date.min, path.name


def release_day(file_name: str) -> date | None:
    """The date in a file's name: 2026_02_06_ga_voting.csv; the Library also wrote 2025_9_19."""
    found = DATED.search(file_name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def read_note(text: str) -> tuple[str | None, str | None]:
    """Version and citation as a note in Markdown states them, each None where it does not.

    Either after a colon ('**Version:** 5'), in a row of a table, or below a heading.
    """
    return _stated(text, r"version(?: number)?"), _stated(
        text, r"(?:(?:suggested|recommended|preferred) )?citation|how to cite"
    )


def _stated(text: str, label: str) -> str | None:
    lines = [re.sub(r"[*`|]+", " ", line).strip() for line in text.splitlines()]
    for nth, line in enumerate(lines):
        bare = re.sub(r"^[#>\-\s]+", "", line)
        found = re.match(rf"(?:{label})\s*(?::|$|\s{{2,}}|\s(?=v?\d))\s*(.*)", bare, re.IGNORECASE)
        if not found:
            continue
        if found[1]:
            return " ".join(found[1].split())
        paragraph: list[str] = []
        for following in lines[nth + 1 :]:
            if following.startswith("#") or (paragraph and not following):
                break
            if following:
                paragraph.append(re.sub(r"^[>\-\s]+", "", following))
        if paragraph:
            return " ".join(" ".join(paragraph).split())
    return None


def _stem(name: str) -> str:
    """A file's name without the extension of its compression."""
    suffix = next((end for end in (".csv.gz", *SUFFIXES) if name.lower().endswith(end)), "")
    return name.removesuffix(name[len(name) - len(suffix) :]) if suffix else name


def _newest_last(names: Iterable[str]) -> list[str]:
    """The names of bulk files, ordered by the date in them."""
    return sorted(
        (name for name in names if "_ga_voting." in name and name.lower().endswith(SUFFIXES)),
        key=lambda name: (release_day(name) or date.min, name),
    )


def _file_columns(plain: Path, file_name: str) -> Mapping[str, str | None]:
    """Which column of the file stands for which of COLUMNS."""
    found = {column.lower(): column for column in header(plain, file_name)}
    file_columns = {
        column: next(
            (found[name] for name in (column, *FIRST_RELEASE.get(column, ())) if name in found),
            None,
        )
        for column in COLUMNS
    }
    missing = [
        column for column in COLUMNS if file_columns[column] is None and column not in OPTIONAL
    ]
    if missing:
        raise SourceError(
            f"{file_name}: unknown schema version of {SOURCE.title}: missing columns: "
            f"{', '.join(missing)}; found: {', '.join(list(found.values())[:30])}. Expected the "
            "file with one row per roll call and state, <date>_ga_voting.csv."
        )
    return file_columns


def _read(path: Path) -> tuple[pl.DataFrame, dict[str, tuple[int, str]], str]:
    """The typed rows of a file, its corrections by rule (count and example), and its hash."""
    with unpacked(path) as plain, polars_errors_named(path.name):
        content = hash_of_text(plain)
        given = scan(plain, path.name, _file_columns(plain, path.name))
        votes = _votes(given, path.name)
        if not votes.height:
            raise SourceError(f"{path.name}: no votes in it. Download it again.")
        described, of_rows = _described(given, path.name)
    rows = (
        votes.join(of_rows.collect(), on=ROW, maintain_order="left")
        .join(described, left_on="first", right_on=ROW, maintain_order="left")
        .drop("first")
    )
    repeated = _repeated(rows)
    _refuse_slips(rows, repeated, path.name)
    no_session = pl.col("given_session").is_null()
    rules: dict[str, tuple[pl.Expr | pl.Series, str]] = {
        "vote NV or empty: X, not voting": (pl.col("not_voting"), "ms_name"),
        "session in the library's words (10emsp): ES-10": (
            ~no_session & (pl.col("given_session") != pl.col("session")),
            "given_session",
        ),
        "session missing: read from the symbol": (no_session, "resolution"),
        "duplicate row: taken once": (repeated, "ms_name"),
    }
    corrections = {}
    for rule, (corrected, shown) in rules.items():
        if (found := rows.filter(corrected)).height:
            corrections[rule] = (found.height, f"row {found[ROW][0]}: {found[shown][0]}")
    kept = rows.filter(~repeated) if repeated.any() else rows
    chosen = kept.select(
        ROW,
        "undl_id",
        "ms_code",
        "ms_name",
        "ms_vote",
        "vote_date",
        *DESCRIPTION[DESCRIPTION.index("session") :],
    )
    return chosen, corrections, content


def _votes(given: pl.LazyFrame, name: str) -> pl.DataFrame:
    """Every row's state and vote. Raises SourceError by row."""
    vote = pl.col("ms_vote").fill_null("").str.strip_chars().str.to_uppercase()
    votes = given.select(
        ROW,
        "ms_code",
        "ms_name",
        ms_vote=pl.when(vote.is_in(NOT_VOTING)).then(pl.lit("X")).otherwise(vote),
        not_voting=vote.is_in(NOT_VOTING),
    ).collect(engine="streaming")
    state = pl.coalesce("ms_code", "ms_name")
    refuse(
        votes,
        name,
        [
            Check(~pl.col("ms_vote").is_in(list("YNAX")), "ms_vote", "Y, N, A, X, NV or empty"),
            Check(state.is_null(), "ms_name", "a state's name or code"),
        ],
    )
    return votes


def _described(given: pl.LazyFrame, name: str) -> tuple[pl.DataFrame, pl.LazyFrame]:
    """The typed roll calls, and the roll call of each row. Raises SourceError, naming the row.

    A roll call's description stands on each of its rows, most of the file's 364 MB.
    """
    described, of_rows = described_once(given, list(DESCRIPTION))
    described = described.with_columns(pl.col("session", "date", *TOTALS).name.prefix("given_"))
    described = described.with_columns(
        session=pl.Series(
            [
                session_of(text) or session_of_symbol(symbol)
                for text, symbol in described.select("session", "resolution").iter_rows()
            ],
            dtype=pl.String,
        ),
        vote_date=parse_date("date"),
    ).with_columns(parse_int(total) for total in TOTALS)
    refuse(described, name, _checks())
    return described, of_rows


def _checks() -> list[Check]:
    """What a row that describes a roll call must not have."""
    return [
        Check(pl.col("vote_date").is_null(), "given_date", "a day as 2022-03-02"),
        Check(pl.col("session").is_null(), "given_session", "a session as 77, ES-11 or 10emsp"),
        Check(
            pl.coalesce("undl_id", "resolution").is_null(),
            "resolution",
            "a symbol, or a number in undl_id",
        ),
        *(
            Check(
                pl.col(f"given_{total}").is_not_null() & pl.col(total).is_null(),
                f"given_{total}",
                "a whole number",
            )
            for total in TOTALS
        ),
    ]


STATE_AT_VOTE = ("undl_id", "resolution", "vote_date", "ms_code", "ms_name")


def _repeated(rows: pl.DataFrame) -> pl.Series:
    """Which rows repeat an earlier one exactly."""
    return rows.select(~pl.struct(*STATE_AT_VOTE, "ms_vote").is_first_distinct()).to_series()


def _refuse_slips(rows: pl.DataFrame, repeated: pl.Series, name: str) -> None:
    """Raise SourceError if faults that a few roll calls may have are all over the file.

    They are: a state with two different votes, and a date years outside its session. They enter the
    raw tables unchanged, for the models to report.
    """
    second = ~pl.struct(STATE_AT_VOTE).is_first_distinct() & ~repeated
    off = not_a_day_of(pl.col("vote_date"), pl.col("session"))
    slips = rows.select(
        ROW,
        "ms_name",
        "given_date",
        roll_call=pl.coalesce("undl_id", "resolution"),
        second=second,
        off=off,
    )
    refuse_if_common(
        name,
        slips["roll_call"].n_unique(),
        [
            Slips(
                slips.filter("second"),
                "ms_name",
                "one vote of a state in a roll call, not two that differ",
            ),
            Slips(slips.filter("off"), "given_date", "a day within its session"),
        ],
    )

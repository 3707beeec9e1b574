"""The UN Digital Library's bulk file of votes: the authority, put into the landing by a person.

Belongs here: its layouts, its terms, its file names. Not here: how names of states and symbols are
read (the dbt project).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import cast
from urllib.parse import quote, unquote

import polars as pl

from orchestration.sources.base import (
    Landed,
    LandedFile,
    NotInReachError,
    Origin,
    Parsed,
    Release,
    Repair,
    Source,
    SourceError,
    quiet,
)
from orchestration.sources.http import Client, NotThereError
from orchestration.sources.landing import (
    check_whole,
    copy_in,
    dropped_files,
    landed_from,
    landed_releases,
    not_new,
    same_bytes,
    staging,
    take_in,
    unpacked,
)
from orchestration.sources.tables import (
    ROW,
    Check,
    day,
    described_once,
    header,
    not_a_day_of,
    polars_errors_named,
    refuse,
    scan,
    session_of,
    session_of_symbol,
    whole,
)

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
# The first release (September 2024) names columns otherwise and has neither session nor note.
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
DATED = re.compile(r"(\d{4})[_-](\d{1,2})[_-](\d{1,2})(?=\D)")

source = Source(
    name="undl",
    title="UN Digital Library, General Assembly voting data",
    licence="Copyright United Nations; non-commercial use with attribution; no redistribution",
    citation="United Nations, Dag Hammarskjöld Library, General Assembly Voting Data, "
    "https://digitallibrary.un.org/record/4060887",
    terms="https://digitallibrary.un.org/pages/?ln=en&page=tos (automated download needs approval)",
    url="https://digitallibrary.un.org/record/4060887",
    layouts=(
        "2025 on, 20 columns: singular names, session, vote_note",
        "March 2025, 19 columns: the same without vote_note",
        "September 2024: plural names, session read from the symbol",
    ),
)


def land(
    landing: Path,
    origin: Origin,
    sessions: Sequence[str] | None = None,
    log: Callable[[str], object] = quiet,
) -> Landed:
    """Take in the files that a person dropped, else the mirror's newest; never the internet.

    `sessions` changes nothing: the file holds them all. Raises SourceError if a file can't be read
    or comes under the name of a landed release with other bytes.
    """
    if dropped := dropped_files(landing, source.name):
        return _land_dropped(landing, dropped, log)
    try:
        with staging(landing, source.name) as folder:
            file = _from_mirror(landing, origin, folder)
            if isinstance(file, Release):
                return not_new(landing, file)
            return _land_staged(landing, folder, file, log)
    except NotInReachError as error:
        kept = landed_releases(landing, source.name)
        return Landed(kept[-1] if kept else None, False, f"not in reach: {error}")


def parse(release: Release) -> Parsed:
    """Read a release into `undl_votes`, one row per roll call and state.

    Raises SourceError for a file that can't be read whole, naming the row.
    """
    check_whole(release)
    (file,) = release.files
    votes, repairs = _read(release.folder / file.name)
    return Parsed(
        {
            "undl_votes": votes.select(
                pl.lit(release.name).alias("release"), pl.lit(file.name).alias("file"), pl.all()
            )
        },
        [
            Repair(source.name, release.name, file.name, rule, rows, example)
            for rule, (rows, example) in repairs.items()
        ],
    )


def release_day(file_name: str) -> date | None:
    """The day in a file's name: 2026_02_06_ga_voting.csv, and 2025_9_19 as the library wrote it."""
    found = DATED.search(file_name)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _land_dropped(landing: Path, dropped: list[Path], log: Callable[[str], object]) -> Landed:
    landed = None
    is_new = False
    for path in sorted(dropped, key=lambda it: (release_day(it.name) or date.min, it.name)):
        if not path.name.lower().endswith(SUFFIXES):
            raise SourceError(
                f"{path}: expected one of {', '.join(SUFFIXES)}. Put the file there as the library "
                "serves it (or packed), or take it away."
            )
        with staging(landing, source.name) as folder:
            landed = _land_staged(landing, folder, copy_in(path, folder), log)
            path.unlink()
        is_new = is_new or landed.is_new
    assert landed is not None
    return Landed(landed.release, is_new, f"a person's file taken in: {landed.reason}")


def _land_staged(
    landing: Path, folder: Path, file: LandedFile, log: Callable[[str], object]
) -> Landed:
    """Land a file that can be read, under the day in its name or the newest vote in it."""
    if known := same_bytes(landing, source.name, [file]):
        return not_new(landing, known)
    log(f"undl: reading {file.name} ({file.size:,} bytes)")
    votes, _ = _read(folder / file.name)
    newest_vote = votes["vote_date"].max()
    assert isinstance(newest_vote, date)
    named = release_day(file.name)
    name = named.isoformat() if named else f"{newest_vote}.{file.sha256[:8]}"
    return take_in(landing, folder, source.name, name, named or newest_vote, [file])


def _from_mirror(landing: Path, origin: Origin, folder: Path) -> LandedFile | Release:
    """The mirror's newest file, in the staging folder; or the release that has it, if unchanged."""
    by_hand = (
        f"download the newest <date>_ga_voting.csv from {source.url} in a browser and put it into "
        "the landing folder undl/ (csv, csv.gz or zip)"
    )
    none = f"the mirror {origin.mirror} has no undl/<date>_ga_voting.csv; {by_hand}"
    if mirror := origin.mirror_folder:
        names = _newest_last(path.name for path in (mirror / "undl").glob("*"))
        if not names:
            raise NotInReachError(none)
        newest = (mirror / "undl" / names[-1]).absolute()
        return copy_in(newest, folder, newest.as_uri())
    if not origin.mirror_url:
        raise NotInReachError(f"its terms forbid automated download; {by_hand}")
    with Client(origin.patience) as client:
        # A base URL has files that can be found only if it lists them.
        try:
            page = client.read(f"{origin.mirror_url}/undl/", page=True)
        except NotThereError as error:
            raise NotInReachError(f"{none} ({error})") from error
        names = _newest_last(unquote(name) for name in re.findall(r'href="([^"/?]+)"', page))
        if not names:
            raise NotInReachError(none)
        url = f"{origin.mirror_url}/undl/{quote(names[-1])}"
        known = landed_from(landing, source.name, url)
        file = client.download(url, folder / names[-1], known[1] if known else None)
        return file or cast(tuple[Release, LandedFile], known)[0]


def _newest_last(names: Iterable[str]) -> list[str]:
    """Those names that are of bulk files, by the day in them."""
    return sorted(
        (name for name in names if "_ga_voting." in name and name.lower().endswith(SUFFIXES)),
        key=lambda name: (release_day(name) or date.min, name),
    )


def _layout(plain: Path, name: str) -> Mapping[str, str | None]:
    """Which column of the file stands for which of COLUMNS."""
    found = {column.lower(): column for column in header(plain, name)}
    layout = {
        column: next(
            (found[it] for it in (column, *FIRST_RELEASE.get(column, ())) if it in found), None
        )
        for column in COLUMNS
    }
    missing = [column for column in COLUMNS if layout[column] is None and column not in OPTIONAL]
    if missing:
        raise SourceError(
            f"{name}: no layout of {source.title} that is known: columns that miss: "
            f"{', '.join(missing)}; found: {', '.join(list(found.values())[:30])}. Expected the "
            "file with one row per roll call and state, <date>_ga_voting.csv."
        )
    return layout


def _read(path: Path) -> tuple[pl.DataFrame, dict[str, tuple[int, str]]]:
    """The rows of a file, typed, and by rule how many rows were mended and an example."""
    with unpacked(path) as plain, polars_errors_named(path.name):
        given = scan(plain, path.name, _layout(plain, path.name))
        votes = _votes(given, path.name)
        if not votes.height:
            raise SourceError(f"{path.name}: no votes in it. Download it again.")
        described, of_rows = _described(given, path.name)
    rows = (
        votes.join(of_rows.collect(), on=ROW, maintain_order="left")
        .join(described, left_on="first", right_on=ROW, maintain_order="left")
        .drop("first")
    )
    repeated = _repeated(rows, path.name)
    no_session = pl.col("given_session").is_null()
    rules: dict[str, tuple[pl.Expr | pl.Series, str]] = {
        "vote NV or empty: X, not voting": (pl.col("not_voting"), "ms_name"),
        "session in the library's words (10emsp): ES-10": (
            ~no_session & (pl.col("given_session") != pl.col("session")),
            "given_session",
        ),
        "session missing: read from the symbol": (no_session, "resolution"),
        "row that stands there twice: once": (repeated, "ms_name"),
    }
    repairs = {}
    for rule, (mended, shown) in rules.items():
        if (found := rows.filter(mended)).height:
            repairs[rule] = (found.height, f"row {found[ROW][0]}: {found[shown][0]}")
    kept = rows.filter(~repeated) if repeated.any() else rows
    return kept.select(
        ROW,
        "undl_id",
        "ms_code",
        "ms_name",
        "ms_vote",
        "vote_date",
        *DESCRIPTION[DESCRIPTION.index("session") :],
    ), repairs


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
    """The roll calls, typed, and which row is of which. Raises SourceError by row.

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
        vote_date=day("date"),
    ).with_columns(whole(total) for total in TOTALS)
    refuse(described, name, _checks())
    return described, of_rows


def _checks() -> list[Check]:
    """What may not be on a row that describes a roll call."""
    return [
        Check(pl.col("vote_date").is_null(), "given_date", "a day as 2022-03-02"),
        Check(pl.col("session").is_null(), "given_session", "a session as 77, ES-11 or 10emsp"),
        Check(
            not_a_day_of(pl.col("vote_date"), pl.col("session")),
            "given_date",
            "a day within its session",
        ),
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


def _repeated(rows: pl.DataFrame, name: str) -> pl.Series:
    """Which rows only repeat an earlier one. Raises SourceError if the two votes differ."""
    state_at_vote = ["undl_id", "resolution", "vote_date", "ms_code", "ms_name"]
    repeated = rows.select(~pl.struct(state_at_vote).is_first_distinct()).to_series()
    if repeated.any():
        differs = pl.col("ms_vote") != pl.col("ms_vote").first().over(state_at_vote)
        expected = "one vote of a state in a roll call, not two that differ"
        refuse(rows, name, [Check(differs, "ms_name", expected)])
    return repeated

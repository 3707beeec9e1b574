"""The UN Digital Library's bulk file of votes: the authority, put into the landing by a person.

Belongs here: its layouts, its terms, its file names. Not here: how names of states and symbols are
read (the dbt project).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

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
from orchestration.sources.landing import (
    check_whole,
    copy_in,
    dropped_files,
    landed_releases,
    not_new,
    same_bytes,
    staging,
    take_in,
    unpacked,
)
from orchestration.sources.tables import (
    Check,
    day,
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
COLUMNS = (
    "undl_id ms_code ms_name ms_vote date session resolution draft committee_report meeting title "
    "agenda_title subjects vote_note total_yes total_no total_abstentions total_non_voting total_ms "
    "undl_link"
).split()
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
            return _land_staged(landing, folder, _from_mirror(origin, folder), log)
    except NotInReachError as error:
        kept = landed_releases(landing, source.name)
        return Landed(kept[-1] if kept else None, False, str(error))


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


def _from_mirror(origin: Origin, folder: Path) -> LandedFile:
    """The newest file of the mirror, in the staging folder."""
    by_hand = (
        f"download the newest <date>_ga_voting.csv from {source.url} in a browser and put it into "
        "the landing folder undl/ (csv, csv.gz or zip)"
    )
    if mirror := origin.mirror_folder:
        files = [
            path for path in (mirror / "undl").glob("*_ga_voting.*") if path.name.endswith(SUFFIXES)
        ]
        if not files:
            raise NotInReachError(
                f"the mirror {mirror} has no undl/<date>_ga_voting.csv; {by_hand}"
            )
        return copy_in(
            max(files, key=lambda it: (release_day(it.name) or date.min, it.name)), folder
        )
    raise NotInReachError(f"its terms forbid automated download; {by_hand}")


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
            f"{', '.join(missing)}; found: {', '.join(list(found.values())[:30])}. Expected the file "
            "with one row per roll call and state, <date>_ga_voting.csv."
        )
    return layout


def _read(path: Path) -> tuple[pl.DataFrame, dict[str, tuple[int, str]]]:
    """The rows of a file, typed, and by rule how many rows were mended and an example."""
    with unpacked(path) as plain, polars_errors_named(path.name):
        rows = scan(plain, path.name, _layout(plain, path.name)).collect()
    if not rows.height:
        raise SourceError(f"{path.name}: no votes in it. Download it again.")
    vote = pl.col("ms_vote").fill_null("").str.strip_chars().str.to_uppercase()
    rows = rows.with_columns(
        given_vote="ms_vote",
        given_session="session",
        given_date="date",
        ms_vote=pl.when(vote.is_in(NOT_VOTING)).then(pl.lit("X")).otherwise(vote),
        vote_date=day("date"),
        session=_session(rows),
        **{f"given_{total}": pl.col(total) for total in TOTALS},
    ).with_columns(whole(total) for total in TOTALS)
    refuse(rows, path.name, _checks())
    repeated = _repeated(rows, path.name)
    given = pl.col("given_session")
    none_given = given.fill_null("") == ""
    repairs = {
        rule: (rows.filter(mended).height, rows.filter(mended).head(1)[shown].to_list())
        for rule, mended, shown in [
            (
                "vote NV or empty: X, not voting",
                pl.col("given_vote")
                .fill_null("")
                .str.strip_chars()
                .str.to_uppercase()
                .is_in(NOT_VOTING),
                "given_vote",
            ),
            (
                "session in the library's words (10emsp): ES-10",
                ~none_given & (given != pl.col("session")),
                "given_session",
            ),
            ("session missing: read from the symbol", none_given, "resolution"),
            ("row that stands there twice: once", repeated, "resolution"),
        ]
    }
    return rows.filter(~repeated).select(
        "row_number",
        "undl_id",
        "ms_code",
        "ms_name",
        "ms_vote",
        "vote_date",
        *COLUMNS[COLUMNS.index("session") :],
    ), {rule: (count, str(example[0])) for rule, (count, example) in repairs.items() if count}


def _checks() -> list[Check]:
    named = pl.col("undl_id").is_not_null() | pl.col("resolution").is_not_null()
    return [
        Check(
            ~pl.col("ms_vote").is_in(["Y", "N", "A", "X"]), "given_vote", "Y, N, A, X, NV or empty"
        ),
        Check(pl.col("vote_date").is_null(), "given_date", "a day as 2022-03-02"),
        Check(pl.col("session").is_null(), "given_session", "a session as 77, ES-11 or 10emsp"),
        Check(
            not_a_day_of(pl.col("vote_date"), pl.col("session")),
            "given_date",
            "a day within its session",
        ),
        Check(~named, "resolution", "a symbol, or a number in undl_id"),
        Check(
            pl.col("ms_code").is_null() & pl.col("ms_name").is_null(),
            "ms_name",
            "a state's name or code",
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
    differs = pl.col("ms_vote") != pl.col("ms_vote").first().over(state_at_vote)
    refuse(
        rows,
        name,
        [Check(differs, "ms_name", "one vote of a state in a roll call, not two that differ")],
    )
    return rows.select(~pl.struct(state_at_vote).is_first_distinct()).to_series()


def _session(rows: pl.DataFrame) -> pl.Series:
    """Each row's session as '77' or 'ES-11', else as its symbol says, else null."""
    pairs = rows.select("session", "resolution").unique()
    read = [session_of(text) or session_of_symbol(symbol) for text, symbol in pairs.iter_rows()]
    return rows.join(
        pairs.with_columns(read=pl.Series(read, dtype=pl.String)),
        on=["session", "resolution"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )["read"]

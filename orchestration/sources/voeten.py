"""Voeten's roll-call votes on the Harvard Dataverse: 1946 on, with topic codes and memberships.

Belongs here: its layouts, its versions, what it repeats on every row. Not here: what a symbol or a
session of it means (the dbt project).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, cast

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
    whole,
)

FLAGS = ("amend", "para", "me", "nu", "di", "hr", "co", "ec", "important")
STATED = ("yes_stated", "no_stated", "abstain_stated")
OF_A_VOTE = ("rcid", "ccode", "country", "country_name", "vote", "member")
# The names wanted, and those that releases give them, in lower case.
COLUMNS = {
    "rcid": "rcid",
    "ccode": "ccode",
    "member": "member",
    "vote": "vote",
    "session": "session",
    "country": "country",
    "country_name": "countryname",
    "year": "year",
    "date": "date",
    "unres": "unres",
    "amend": "amend",
    "para": "para",
    "short": "short",
    "descr": "descr",
    "me": "me",
    "nu": "nu",
    "di": "di",
    "hr": "hr",
    "co": "co",
    "ec": "ec",
    "important": "importantvote",
    "yes_stated": "yes",
    "no_stated": "no",
    "abstain_stated": "abstain",
}
OPTIONAL = {"session", "year", "member", "important", "short", *STATED}
SUFFIXES = (".csv", ".csv.gz", ".tab", ".tab.gz", ".zip")
R_SUFFIXES = (".rdata", ".rda", ".rds")
FROM_R = (
    "In R, load the file and write it with write.csv(..., 'UNVotes.csv', row.names = FALSE); then "
    "put that into the landing folder voeten/."
)
MIRROR_NAMES = ("UNVotes.csv.gz", "UNVotes.csv", "UNVotes.tab", "UNVotes.tab.gz", "UNVotes.zip")
# From this day of the year on a vote is of the session that opens then.
MID_SEPTEMBER = 258
VOTES = {1: "yes", 2: "abstain", 3: "no", 8: "absent", 9: "not a member"}

DOI = "doi:10.7910/DVN/LEJUQZ"

source = Source(
    name="voeten",
    title="Erik Voeten, United Nations General Assembly voting data",
    licence="CC0 1.0",
    citation="Erik Voeten, Anton Strezhnev, Michael Bailey, United Nations General Assembly Voting "
    "Data, Harvard Dataverse, https://doi.org/10.7910/DVN/LEJUQZ",
    terms="CC0 1.0: no restriction; a citation is asked for",
    url="https://doi.org/10.7910/DVN/LEJUQZ",
    layouts=(
        "UNVotes.csv, 22 columns, session and year, no totals",
        "UNVotes.csv with the totals yes, no, abstain and no year (and R's row numbers before)",
        "UNVotes.csv with a year and no session",
        "UNVotes.tab, any of these, tab-separated",
    ),
)


def parse(release: Release) -> Parsed:
    """Read a release into `voeten_roll_calls` and `voeten_votes` (a row per roll call and state).

    Raises SourceError for a file that can't be read whole, naming the row.
    """
    check_whole(release)
    (file,) = release.files
    roll_calls, votes, repairs = _read(release.folder / file.name)
    named = (pl.lit(release.name).alias("release"), pl.lit(file.name).alias("file"), pl.all())
    return Parsed(
        {"voeten_roll_calls": roll_calls.select(named), "voeten_votes": votes.select(named)},
        [
            Repair(source.name, release.name, file.name, rule, rows, example)
            for rule, (rows, example) in repairs.items()
        ],
    )


def land(
    landing: Path,
    origin: Origin,
    sessions: Sequence[str] | None = None,
    log: Callable[[str], object] = quiet,
) -> Landed:
    """Take in the files that a person dropped, else the newest of the mirror or of Dataverse.

    `sessions` changes nothing: the file holds them all. Raises SourceError if a file can't be read
    or comes under the name of a landed release with other bytes.
    """
    if dropped := dropped_files(landing, source.name):
        for path in dropped:
            with staging(landing, source.name) as folder:
                landed = _land_staged(landing, folder, copy_in(path, folder), log)
                path.unlink()
        return Landed(landed.release, landed.is_new, f"a person's file taken in: {landed.reason}")
    try:
        with staging(landing, source.name) as folder:
            ask = _from_mirror if origin.mirror else _from_dataverse
            found = ask(landing, origin, folder)
            if isinstance(found, Release):
                return not_new(landing, found)
            file, version = found
            return _land_staged(landing, folder, file, log, version)
    except NotInReachError as error:
        kept = landed_releases(landing, source.name)
        return Landed(kept[-1] if kept else None, False, f"not in reach: {error}")


def _land_staged(
    landing: Path,
    folder: Path,
    file: LandedFile,
    log: Callable[[str], object],
    version: str | None = None,
) -> Landed:
    """Land a file that can be read, under Dataverse's version or the newest vote in it."""
    if known := same_bytes(landing, source.name, [file]):
        return not_new(landing, known)
    log(f"voeten: reading {file.name} ({file.size:,} bytes)")
    roll_calls, _, _ = _read(folder / file.name)
    newest = cast(date, roll_calls["vote_date"].max())
    name = version or f"{newest}.{file.sha256[:8]}"
    return take_in(landing, folder, source.name, name, newest, [file])


def _from_mirror(
    landing: Path, origin: Origin, folder: Path
) -> tuple[LandedFile, str | None] | Release:
    """The mirror's file, in the staging folder; or the release that has it, if unchanged."""
    if mirror := origin.mirror_folder:
        for name in MIRROR_NAMES:
            path = (mirror / "dataverse" / name).absolute()
            if path.is_file():
                return copy_in(path, folder, path.as_uri()), None
    else:
        with Client(origin.patience) as client:
            for name in MIRROR_NAMES:
                url = f"{origin.mirror_url}/dataverse/{name}"
                known = landed_from(landing, source.name, url)
                try:
                    file = client.download(url, folder / name, known[1] if known else None)
                except NotThereError:
                    continue
                return (file, None) if file else cast(tuple[Release, LandedFile], known)[0]
    raise NotInReachError(f"the mirror {origin.mirror} has no dataverse/{MIRROR_NAMES[0]}")


def _from_dataverse(
    landing: Path, origin: Origin, folder: Path
) -> tuple[LandedFile, str | None] | Release:
    """The newest version's file, in the staging folder; or that version's release, if landed."""
    with Client(origin.patience) as client:
        address = f"{origin.dataverse_url}/api/datasets/:persistentId/?persistentId={DOI}"
        version, chosen = _newest_version(client.read_json(address), address)
        for release in landed_releases(landing, source.name):
            if release.name == version:
                _refuse_silent_change(release, chosen)
                return release
        url = f"{origin.dataverse_url}/api/access/datafile/{chosen.id}"
        # Only what Dataverse converted has an original apart from it.
        url += "?format=original" if chosen.converted else ""
        file = client.download(url, folder / chosen.name)
        assert file is not None
    if chosen.size not in (None, file.size) or chosen.md5 not in (None, _md5(folder / file.name)):
        raise NotInReachError(
            f"{url}: {file.size:,} bytes, not the file that the list of {version} states "
            f"({chosen.size} bytes, MD5 {chosen.md5})"
        )
    return file, version


@dataclass(frozen=True)
class _Listed:
    """A file in Dataverse's list; size and MD5 only where they are those of what is served."""

    id: int
    name: str
    converted: bool
    size: int | None
    md5: str | None


def _newest_version(answer: Any, address: str) -> tuple[str, _Listed]:
    """The newest version's name and its file of votes. Raises SourceError if it can't be read."""
    try:
        version = answer["data"]["latestVersion"]
        minor = version.get("versionMinorNumber") or 0
        name = f"v{int(version['versionNumber'])}" + (f".{int(minor)}" if minor else "")
        listed = [_listed(it["dataFile"]) for it in version["files"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotInReachError(f"{address}: no list of a dataset's files ({error!r})") from error
    votes = [it for it in listed if it.name.lower().startswith("unvotes")]
    readable = [it for it in votes if it.name.lower().endswith(SUFFIXES)]
    if not readable:
        raise SourceError(
            f"{source.name} {name}: expected a file UNVotes.csv or UNVotes.tab, found "
            f"{', '.join(it.name for it in votes or listed) or 'none'}. {FROM_R}"
        )
    return name, min(
        readable, key=lambda it: (SUFFIXES.index(_suffix(it.name)), len(it.name), it.name)
    )


def _listed(given: dict[str, Any]) -> _Listed:
    converted = "originalFileFormat" in given
    name = PurePosixPath(str(given["filename"])).name
    if converted:
        csv = str(given["originalFileFormat"]).startswith("text/csv")
        name = PurePosixPath(
            str(
                given.get("originalFileName")
                or PurePosixPath(name).stem + (".csv" if csv else ".RData")
            )
        ).name
    return _Listed(
        id=int(given["id"]),
        name=name,
        converted=converted,
        size=given.get("originalFileSize" if converted else "filesize"),
        # Of a converted file the list states the MD5 of the conversion.
        md5=None if converted else given.get("md5"),
    )


def _suffix(name: str) -> str:
    return next(it for it in sorted(SUFFIXES, key=len, reverse=True) if name.lower().endswith(it))


def _refuse_silent_change(release: Release, listed: _Listed) -> None:
    """Raise SourceError if a version that is landed is now listed with other bytes."""
    (file,) = release.files
    landed = _md5(release.folder / file.name)
    if listed.size not in (None, file.size) or listed.md5 not in (None, landed):
        raise SourceError(
            f"{source.name} {release.name}: another file under the name of a landed release: "
            f"landed {file.size:,} bytes, MD5 {landed}; now listed {listed.size} bytes, MD5 "
            f"{listed.md5}. The landed one stays. If the new one is right, remove "
            f"{release.folder} and start again."
        )


def _md5(path: Path) -> str:
    """The hash that Dataverse states, against mishaps and not against malice."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _layout(plain: Path, name: str) -> tuple[Mapping[str, str | None], str]:
    """Which column of the file stands for which of COLUMNS, and what separates them."""
    with plain.open(encoding="utf-8") as text:
        delimiter = "\t" if "\t" in text.readline(10_000) else ","
    found = {column.lower(): column for column in header(plain, name, delimiter)}
    layout = {column: found.get(given) for column, given in COLUMNS.items()}
    missing = [
        COLUMNS[column] for column in COLUMNS if layout[column] is None and column not in OPTIONAL
    ]
    if missing:
        raise SourceError(
            f"{name}: no layout of {source.title} that is known: columns that miss: "
            f"{', '.join(missing)}; found: {', '.join(list(found.values())[:30])}."
        )
    return layout, delimiter


def _read(path: Path) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, tuple[int, str]]]:
    """Roll calls and votes of a file, typed, and by rule how many were mended and an example."""
    if path.name.lower().endswith(R_SUFFIXES):
        raise SourceError(f"{path.name}: R's own format, which is not read here. {FROM_R}")
    with unpacked(path) as plain, polars_errors_named(path.name):
        layout, delimiter = _layout(plain, path.name)
        given = scan(plain, path.name, layout, delimiter, missing="NA")
        votes = _votes(given, path.name)
        if not votes.height:
            raise SourceError(f"{path.name}: no votes in it. Fetch it again.")
        described = _described(given, layout, path.name)
    repairs = {
        rule: (rows.height, f"row {rows[ROW][0]}, rcid {rows['rcid'][0]}")
        for rule, rows in {
            "row that stands there twice: once": votes.filter("repeated"),
            "roll call described in more than one way: as on its first row": described.filter(
                pl.col("rcid").is_duplicated() & pl.col("rcid").is_first_distinct()
            ),
            "empty flag (amend, para, topic codes, important): no": described.filter("flag_empty"),
            "no session: the symbol's, or the one open on the day": described.filter(
                "session_empty"
            ),
        }.items()
        if rows.height
    }
    return (
        described.unique("rcid", keep="first", maintain_order=True).drop(
            "flag_empty", "session_empty"
        ),
        votes.filter(~pl.col("repeated")).drop(ROW, "repeated"),
        repairs,
    )


def _votes(given: pl.LazyFrame, name: str) -> pl.DataFrame:
    """Every row's vote, and whether it only repeats an earlier one. Raises SourceError by row."""
    typed = given.select(
        ROW,
        whole("rcid"),
        whole("ccode"),
        "country",
        "country_name",
        whole("vote").cast(pl.Int8, strict=False),
        whole("member"),
        given_vote="vote",
        given_member="member",
        given_state=pl.col("ccode"),
        given_roll_call=pl.col("rcid"),
    )
    member = pl.col("member")
    refuse(
        typed,
        name,
        [
            Check(pl.col("rcid").is_null(), "given_roll_call", "a whole number (rcid)"),
            Check(pl.col("ccode").is_null(), "given_state", "a whole number (ccode)"),
            Check(
                ~pl.col("vote").is_in(list(VOTES)).fill_null(False),
                "given_vote",
                ", ".join(f"{code} ({word})" for code, word in VOTES.items()),
            ),
            Check(
                pl.col("given_member").is_not_null() & ~member.is_in([0, 1]).fill_null(False),
                "given_member",
                "0 or 1",
            ),
        ],
    )
    votes = (
        typed.drop(pl.selectors.starts_with("given_"))
        .with_columns(member=pl.coalesce(member == 1, pl.col("vote") != 9))
        .collect(engine="streaming")
    )
    # One number for the two that name a state's vote takes a quarter of the memory.
    of_state = pl.col("rcid").cast(pl.Int64) * 2**31 + pl.col("ccode")
    votes = votes.with_columns(repeated=~of_state.is_first_distinct())
    if votes["repeated"].any():
        differs = pl.col("vote") != pl.col("vote").first().over("rcid", "ccode")
        expected = "one vote of a state in a roll call, not two that differ"
        refuse(
            votes.with_columns(given_vote="vote"), name, [Check(differs, "given_vote", expected)]
        )
    return votes


def _described(given: pl.LazyFrame, layout: Mapping[str, str | None], name: str) -> pl.DataFrame:
    """The roll calls, typed, one row a way of describing each. Raises SourceError by row.

    A roll call's description stands on each of its votes' rows, so that it is read once.
    """
    texts = [it for it in layout if it not in OF_A_VOTE]
    described, _ = described_once(given, ["rcid", *texts])
    described = described.with_columns(pl.col(texts).name.prefix("given_"))
    vote_date = day("date")
    # Without a session column: the symbol's, or the one that was open on the day.
    of_symbol = pl.col("unres").str.extract(r"^(?:A/RES|R)/(\d{1,3})/", 1).cast(pl.Int32)
    of_day = vote_date.dt.year() - 1946 + (vote_date.dt.ordinal_day() > MID_SEPTEMBER)
    no_session = layout["session"] is None
    described = described.with_columns(
        whole("rcid"),
        *(whole(it) for it in (*FLAGS, *STATED)),
        vote_date=vote_date,
        session=pl.coalesce(of_symbol, of_day) if no_session else whole("session"),
        year=whole("year") if layout["year"] else vote_date.dt.year(),
    )
    refuse(described, name, _checks(layout))
    flags = [it for it in FLAGS if layout[it]]
    return described.select(
        ROW,
        "rcid",
        "session",
        "vote_date",
        "year",
        "unres",
        "amend",
        "para",
        "short",
        "descr",
        *FLAGS[2:],
        *STATED,
        flag_empty=pl.any_horizontal(pl.col(it).is_null() for it in flags),
        session_empty=pl.lit(no_session),
    ).with_columns((pl.col(it) == 1).fill_null(False) for it in FLAGS)


def _checks(layout: Mapping[str, str | None]) -> list[Check]:
    """What may not be on a row that describes a roll call."""

    def is_given(column: str) -> pl.Expr:
        return pl.col(f"given_{column}").is_not_null()

    return [
        Check(pl.col("vote_date").is_null(), "given_date", "a day as 2022-03-02"),
        Check(pl.col("session").is_null(), "given_session", "a session's number"),
        Check(pl.col("year").is_null(), "given_year", "a year"),
        Check(
            not_a_day_of(pl.col("vote_date"), pl.col("session")),
            "given_date",
            "a day within its session",
        ),
        *(
            Check(
                is_given(it) & ~pl.col(it).is_in([0, 1]).fill_null(False), f"given_{it}", "0 or 1"
            )
            for it in FLAGS
        ),
        *(
            Check(is_given(it) & pl.col(it).is_null(), f"given_{it}", "a whole number")
            for it in STATED
        ),
    ]

"""Voeten's roll-call votes on the Harvard Dataverse: 1946 on, with topic codes and memberships.

Belongs here: its schema versions, what it repeats on every row, the known faults of its releases,
and which of its versions are asked for. Not here: how a file is taken in (single_file.py),
Dataverse's lists (dataverse.py), or what a symbol or a session of it means (the dbt project).
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import cast

import polars as pl

from orchestration.sources import dataverse
from orchestration.sources.http import Client, NoAnswerError, NotThereError
from orchestration.sources.places import OnDisk, OnServer, not_in_reach
from orchestration.sources.release import (
    FileOutcome,
    LandedFile,
    NotInReachError,
    Origin,
    Outcome,
    Source,
    SourceError,
)
from orchestration.sources.sessions import FIRST_VOTE, not_a_day_of
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
    scan_parquet,
)
from orchestration.sources.unpacking import hash_of_text, unpacked
from orchestration.sources.visits import Seen

MARKS = ("amend", "para")
FLAGS = (*MARKS, "me", "nu", "di", "hr", "co", "ec", "important")
STATED = ("yes_stated", "no_stated", "abstain_stated")
OF_A_VOTE = ("rcid", "ccode", "country", "country_name", "vote", "member")
# Our column names, and those in the releases, in lower case.
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
R_SUFFIXES = (".rdata", ".rda", ".rds")
# In order of preference, where a version has several.
SUFFIXES = (".csv", ".csv.gz", ".tab", ".tab.gz", ".zip", *R_SUFFIXES)
# What is requested from a mirror that does not list its files.
MIRROR_NAMES = (
    *("UNVotes.csv.gz", "UNVotes.csv", "UNVotes.tab", "UNVotes.tab.gz", "UNVotes.zip"),
    *("UNVotes.RData", "UNVotes-1.RData"),
)
STEM = "unvotes"
# From this day of the year a vote belongs to the session that opens then.
MID_SEPTEMBER = 258
TURKEY = 640
VOTES = {1: "yes", 2: "abstain", 3: "no", 8: "absent", 9: "not a member"}

DOI = "doi:10.7910/DVN/LEJUQZ"

SOURCE = Source(
    name="voeten",
    title="Erik Voeten, United Nations General Assembly voting data",
    licence="CC0 1.0",
    citation="Erik Voeten, Anton Strezhnev, Michael Bailey, United Nations General Assembly Voting "
    "Data, Harvard Dataverse, https://doi.org/10.7910/DVN/LEJUQZ",
    terms="CC0 1.0: no restriction; a citation is asked for",
    url="https://doi.org/10.7910/DVN/LEJUQZ",
    schema_versions=(
        "UNVotes.csv, 22 columns, session and year, no totals",
        "UNVotes.csv with the totals yes, no, abstain and no year (and R's row numbers before)",
        "UNVotes.csv with a year and no session",
        "UNVotes.tab, any of these, tab-separated",
        "UNVotes.RData (.rda, .rds), one data frame with any of these columns",
    ),
)


class Voeten(SingleFileSource):
    """Voeten's file, from the newest version of the Dataverse that has votes."""

    source = SOURCE
    parser = 2
    suffixes = SUFFIXES

    def read(self, path: Path) -> Read:
        """The content of a file. Raises SourceError, naming the row, if any of it can't be read."""
        roll_calls, votes, corrections, content = _read(path)
        # A date years outside its session says nothing about how far the file reaches.
        days = roll_calls.filter(~not_a_day_of(pl.col("vote_date"), pl.col("session")))["vote_date"]
        newest = cast(date, days.max())
        tables = {"voeten_roll_calls": roll_calls, "voeten_votes": votes}
        return Read(tables, newest, corrections, content)

    def ask(self, visit: Taking, origin: Origin) -> Iterable[FileOutcome]:
        """What came of the mirror's files, or of Dataverse's versions. Raises NotInReachError."""
        if mirror := origin.mirror_folder:
            paths = sorted(
                path
                for path in (mirror / "dataverse").glob("*")
                if path.name.lower().startswith(STEM) and path.name.lower().endswith(SUFFIXES)
            )
            outcomes = [visit.take(OnDisk(path)) for path in paths]
        elif origin.mirror_url:
            outcomes = _gathered(_ask_mirror(visit, origin), origin.mirror_url)
        else:
            with Client(origin.retry) as client:
                asked = _ask_versions(visit, client, origin.dataverse_url)
                return _gathered(asked, origin.dataverse_url)
        if not outcomes:
            raise NotInReachError(f"the mirror {origin.mirror} has no dataverse/{MIRROR_NAMES[0]}")
        return outcomes


def _gathered(asked: Iterator[FileOutcome], base: str) -> list[FileOutcome]:
    """All outcomes, up to where the server stopped answering."""
    outcomes: list[FileOutcome] = []
    try:
        outcomes.extend(asked)
    except NotInReachError as error:
        outcomes.append(not_in_reach(base, error))
    return outcomes


def _ask_mirror(visit: Taking, origin: Origin) -> Iterator[FileOutcome]:
    """What a mirror's server has, under the file's known names."""
    with Client(origin.retry) as client:
        for name in MIRROR_NAMES:
            url = f"{origin.mirror_url}/dataverse/{name}"
            try:
                yield visit.take(
                    OnServer(client, url, name), raising=(NotThereError, NoAnswerError)
                )
            except NotThereError:
                continue


def _ask_versions(visit: Taking, client: Client, base: str) -> Iterator[FileOutcome]:
    """The outcome of the newest version with votes; of the one before, if that can't be used."""
    refused: dict[str, str] = {}
    with_votes = 0
    for version in dataverse.versions(client, base, DOI):
        listed = version.votes(STEM, SUFFIXES)
        if listed is None:
            continue
        with_votes += 1
        found = _ask_version(visit, client, base, version.name, listed, refused)
        yield found
        if found.outcome in (Outcome.NEW, Outcome.UNCHANGED):
            return
        if found.outcome is Outcome.REFUSED and listed.md5:
            refused[listed.md5] = version.name
    if not with_votes:
        raise NotInReachError(f"{base}: none of the listed versions of {DOI} has a file UNVotes")


def _ask_version(
    visit: Taking,
    client: Client,
    base: str,
    version: str,
    listed: dataverse.ListedFile,
    refused: Mapping[str, str],
) -> FileOutcome:
    """What came of one version's file of votes. Raises NoAnswerError."""
    name = f"{version} {listed.name}"
    if not listed.name.lower().endswith(SUFFIXES):
        return FileOutcome(
            name,
            Outcome.REFUSED,
            f"{name}: a format that can't be read; expected one of {', '.join(SUFFIXES)}",
        )
    if listed.md5 in refused:
        reason = f"{name}: the same bytes as the file of {refused[str(listed.md5)]}, refused above"
        return FileOutcome(name, Outcome.REFUSED, reason)
    place = OnDataverse(client, listed.url(base), listed.name, listed, version)
    place.was_kept_back = any(
        file.name == place.label and file.outcome is Outcome.NOT_IN_REACH
        for file in visit.before.files
    )
    for release in visit.landing.releases():
        (file,) = release.files
        landed = release.folder / file.name
        if release.name == version and _is_listed(file, landed, listed):
            return visit.unchanged(place, release)
        if release.name == version:
            return FileOutcome(name, Outcome.REFUSED, _changed_silently(file, landed, listed))
        if listed.md5 and file.size == listed.size and _is_listed(file, landed, listed):
            return visit.unchanged(place, release)
    if listed.restricted:
        reason = f"{name}: restricted by its owners"
        return FileOutcome(name, Outcome.NOT_IN_REACH, reason)
    return visit.take(place, Details(name=version, version=version), raising=(NoAnswerError,))


class OnDataverse(OnServer):
    """A file of a version: Dataverse's list describes it, so that a probe requests no file."""

    def __init__(
        self, client: Client, url: str, name: str, listed: dataverse.ListedFile, version: str
    ) -> None:
        super().__init__(client, url, name)
        self.listed = listed
        self.version = version
        # Whether the last visit found it listed but could not fetch it.
        self.was_kept_back = False

    @property
    def label(self) -> str:
        """The version and the name."""
        return f"{self.version} {self.file_name}"

    def is_as(self, seen: Seen) -> bool:
        """By what the list states; a file that was withheld must at least be served now."""
        if seen.etag:
            return seen.etag == self._listed_as()
        if self.was_kept_back:
            self.client.has_changed(self.url, seen, method="GET")
        return False

    def fetch(self, folder: Path, seen: Seen | None) -> LandedFile | None:
        """The file, if it is the one that the list states."""
        file = self.client.download(self.url, folder / self.file_name)
        assert file is not None
        self._fetched = file
        if not _is_listed(file, folder / file.name, self.listed):
            raise NotInReachError(
                f"{self.url}: {file.size:,} bytes, not the file that the list of {self.version} "
                f"states ({self.listed.size} bytes, MD5 {self.listed.md5})"
            )
        return file

    def looks(self) -> Seen:
        """What the list states."""
        return Seen(Outcome.NEW, size=self.listed.size, etag=self._listed_as())

    def _listed_as(self) -> str:
        return f"{self.listed.id} {self.listed.size} {self.listed.md5}"


def _is_listed(file: LandedFile, path: Path, listed: dataverse.ListedFile) -> bool:
    """Whether a file has the size and hash that the list states, where it states them."""
    return listed.size in (None, file.size) and listed.md5 in (None, dataverse.md5(path))


def _changed_silently(file: LandedFile, landed: Path, listed: dataverse.ListedFile) -> str:
    return (
        f"{listed.name}: another file under the name of a landed release: landed "
        f"{file.size:,} bytes, MD5 {dataverse.md5(landed)}; now listed {listed.size} bytes, MD5 "
        f"{listed.md5}. The landed one stays. If the new one is right, remove {landed.parent} and "
        "start again."
    )


FileColumns = Mapping[str, str | None]


@contextmanager
def _opened(path: Path) -> Iterator[tuple[pl.LazyFrame, FileColumns, str | None]]:
    """A file's table as text with the names of COLUMNS, that mapping, and the text's hash."""
    if path.name.lower().endswith(R_SUFFIXES):
        # Slow to import.
        from orchestration.sources import rdata

        with tempfile.TemporaryDirectory(prefix="unga-") as folder:
            plain = Path(folder) / "frame.parquet"
            file_columns = _file_columns(rdata.to_parquet(path, plain, COLUMNS["rcid"]), path.name)
            yield scan_parquet(plain, file_columns, missing="NA"), file_columns, None
    else:
        with unpacked(path) as plain:
            with plain.open(encoding="utf-8") as text:
                delimiter = "\t" if "\t" in text.readline(10_000) else ","
            file_columns = _file_columns(header(plain, path.name, delimiter), path.name)
            given = scan(plain, path.name, file_columns, delimiter, missing="NA")
            yield given, file_columns, hash_of_text(plain)


def _file_columns(columns: Iterable[str], name: str) -> FileColumns:
    """The file's column for each of COLUMNS."""
    found = {column.lower(): column for column in columns}
    file_columns = {column: found.get(given) for column, given in COLUMNS.items()}
    missing = [
        COLUMNS[column]
        for column in COLUMNS
        if file_columns[column] is None and column not in OPTIONAL
    ]
    if missing:
        raise SourceError(
            f"{name}: unknown schema version of {SOURCE.title}: missing columns: "
            f"{', '.join(missing)}; found: {', '.join(list(found.values())[:30])}."
        )
    return file_columns


Corrections = dict[str, tuple[int, str]]


def _read(path: Path) -> tuple[pl.DataFrame, pl.DataFrame, Corrections, str | None]:
    """Typed roll calls and votes, corrections by rule (count and example), and the hash."""
    with _opened(path) as (given, file_columns, content), polars_errors_named(path.name):
        votes = _votes(given, path.name)
        if not votes.height:
            raise SourceError(f"{path.name}: no votes in it. Fetch it again.")
        described, of_rows = _described(given, file_columns, path.name)
        votes = votes.join(of_rows.collect(), on=ROW, maintain_order="left")
        corrections: Corrections = {}
        described = _with_keys(described, votes, corrections)
        roll_calls = described.unique("roll_call", keep="first", maintain_order=True)
        votes = _with_roll_calls(votes, described, roll_calls)
        votes = _without_unknown_states(votes, roll_calls, corrections)
        votes, differing = _without_duplicates(votes, corrections)
        refuse_if_common(
            path.name,
            roll_calls.height,
            [
                Slips(
                    differing.with_columns(
                        roll_call=roll_calls["roll_call"].gather(differing["call"])
                    ),
                    "vote",
                    "one vote of a state in a roll call, not two that differ",
                ),
                Slips(
                    described.filter(not_a_day_of(pl.col("vote_date"), pl.col("session"))),
                    "given_date",
                    "a day within its session",
                ),
            ],
        )
        roll_calls, votes = _counted_once(roll_calls, votes, corrections)
    for rule, rows in {
        "roll call described in more than one way: as on its first row": described.filter(
            pl.col("roll_call").is_duplicated() & pl.col("roll_call").is_first_distinct()
        ),
        "amendments and paragraphs not marked (amend, para): left empty": roll_calls.filter(
            pl.all_horizontal(pl.col(mark).is_null() for mark in MARKS)
        ),
        "empty flag (topic codes, important): no": described.filter("flag_empty"),
        "no session: the symbol's, or the one open on the day": described.filter("session_empty"),
    }.items():
        if rows.height:
            example = f"row {rows[ROW][0]}, roll call {rows['roll_call'][0]}"
            corrections[rule] = (rows.height, example)
    return (
        roll_calls.select(ROW, "roll_call", pl.exclude(ROW, "roll_call", *PASSING)),
        votes.select("roll_call", "ccode", "country", "country_name", "vote", "member"),
        corrections,
        content,
    )


# What is known about a roll call while it is read.
PASSING = ("call", "given_date", "flag_empty", "session_empty")


def _votes(given: pl.LazyFrame, name: str) -> pl.DataFrame:
    """Every row's vote. Raises SourceError by row.

    A row that names no state in any column has a null for it; see `_without_unknown_states`.
    """
    typed = given.select(
        ROW,
        parse_int("rcid"),
        parse_int("ccode"),
        "country",
        "country_name",
        parse_int("vote").cast(pl.Int8, strict=False),
        parse_int("member"),
        given_vote="vote",
        given_member="member",
        given_state=pl.col("ccode"),
        given_roll_call=pl.col("rcid"),
    )
    member = pl.col("member")
    unnamed = pl.all_horizontal(
        pl.col(column).is_null() for column in ("given_state", "country", "country_name")
    )
    refuse(
        typed,
        name,
        [
            Check(pl.col("rcid").is_null(), "given_roll_call", "a whole number (rcid)"),
            Check(pl.col("ccode").is_null() & ~unnamed, "given_state", "a whole number (ccode)"),
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
    return (
        typed.drop(pl.selectors.starts_with("given_"))
        .with_columns(member=pl.coalesce(member == 1, pl.col("vote") != 9))
        .collect(engine="streaming")
    )


def _described(
    given: pl.LazyFrame, file_columns: FileColumns, name: str
) -> tuple[pl.DataFrame, pl.LazyFrame]:
    """The typed roll calls, one row per description, and the description of each vote row.

    Raises SourceError by row. A roll call's description stands on each of its votes' rows, so that
    it is read once.
    """
    texts = [column for column in file_columns if column not in OF_A_VOTE]
    described, of_rows = described_once(given, ["rcid", *texts])
    described = described.with_columns(pl.col(texts).name.prefix("given_"))
    vote_date = parse_date("date")
    # Without a session column: the session of the symbol, or the one in session that day.
    of_symbol = pl.col("unres").str.extract(r"^(?:A/RES|R)/(\d{1,3})/", 1).cast(pl.Int32)
    of_day = pl.when(vote_date >= FIRST_VOTE).then(
        vote_date.dt.year() - 1946 + (vote_date.dt.ordinal_day() > MID_SEPTEMBER)
    )
    no_session = file_columns["session"] is None
    described = described.with_columns(
        parse_int("rcid"),
        *(parse_int(column) for column in (*FLAGS, *STATED)),
        vote_date=vote_date,
        session=pl.coalesce(of_symbol, of_day) if no_session else parse_int("session"),
        year=parse_int("year") if file_columns["year"] else vote_date.dt.year(),
    )
    refuse(described, name, _checks(file_columns))
    codes = [column for column in FLAGS if column not in MARKS]
    described = described.select(
        ROW,
        "rcid",
        "session",
        "vote_date",
        "year",
        "unres",
        *MARKS,
        "short",
        "descr",
        *codes,
        *STATED,
        "given_date",
        flag_empty=pl.any_horizontal(
            pl.col(code).is_null() for code in codes if file_columns[code]
        ),
        session_empty=pl.lit(no_session),
    )
    marks = [pl.col(mark) == 1 for mark in MARKS]
    return described.with_columns(
        *marks, *((pl.col(code) == 1).fill_null(False) for code in codes)
    ), of_rows


def _checks(file_columns: FileColumns) -> list[Check]:
    """What a row that describes a roll call must not have."""

    def is_given(column: str) -> pl.Expr:
        return pl.col(f"given_{column}").is_not_null()

    return [
        Check(pl.col("vote_date").is_null(), "given_date", "a day as 2022-03-02"),
        Check(pl.col("session").is_null(), "given_session", "a session's number"),
        Check(pl.col("year").is_null(), "given_year", "a year"),
        *(
            Check(
                is_given(column) & ~pl.col(column).is_in([0, 1]).fill_null(False),
                f"given_{column}",
                "0 or 1",
            )
            for column in FLAGS
        ),
        *(
            Check(is_given(column) & pl.col(column).is_null(), f"given_{column}", "a whole number")
            for column in STATED
        ),
    ]


def _with_keys(
    described: pl.DataFrame, votes: pl.DataFrame, corrections: Corrections
) -> pl.DataFrame:
    """The descriptions with the key of their roll call.

    Where rcid is not unique, symbol and date identify the roll call: an rcid under which states
    vote more than once, with another symbol or on another date, is several roll calls.
    """
    told_by = ["rcid", "vote_date", "unres"]
    several = described.select(told_by).unique().filter(pl.len().over("rcid") > 1)
    under_each = (
        votes.lazy()
        .filter(pl.col("rcid").is_in(several["rcid"].implode()))
        .select("first", "ccode")
        .join(described.lazy().select(pl.col(ROW).alias("first"), *told_by), on="first")
        .group_by("rcid", "ccode")
        .agg(times=pl.struct("vote_date", "unres").n_unique())
        .filter(pl.col("times") > 1)
    )
    split = under_each.select("rcid").unique().collect()
    numbered = (
        several.join(split, on="rcid", how="semi")
        .sort(told_by)
        .with_columns(nth=pl.int_range(1, pl.len() + 1).over("rcid"))
    )
    if numbered.height:
        one = numbered.filter(pl.col("rcid") == numbered["rcid"][0])
        corrections[
            "one rcid for several roll calls: told by unres and date, each is <rcid>.<n>"
        ] = (
            numbered["rcid"].n_unique(),
            f"rcid {one['rcid'][0]}: "
            + ", ".join(f"{unres} of {day}" for day, unres in one.select(told_by[1:]).rows()),
        )
    rcid = pl.col("rcid").cast(pl.String)
    return (
        described.join(numbered, on=told_by, how="left", nulls_equal=True)
        .with_columns(
            roll_call=pl.when(pl.col("nth").is_null())
            .then(rcid)
            .otherwise(pl.format("{}.{}", rcid, pl.col("nth")))
        )
        .drop("nth")
        .sort(ROW)
    )


def _with_roll_calls(
    votes: pl.DataFrame, described: pl.DataFrame, roll_calls: pl.DataFrame
) -> pl.DataFrame:
    """The votes with the number of their roll call (`call`), its position among the roll calls."""
    numbers = roll_calls.select("roll_call").with_row_index("call")
    calls = described.select(pl.col(ROW).alias("first"), "roll_call").join(numbers, on="roll_call")
    return votes.join(
        calls.select("first", pl.col("call").cast(pl.Int32)), on="first", maintain_order="left"
    ).drop("first", "rcid")


def _without_unknown_states(
    votes: pl.DataFrame, roll_calls: pl.DataFrame, corrections: Corrections
) -> pl.DataFrame:
    """The votes, with a state for rows that name none: Türkiye, if no other row is hers.

    Releases from 2024 on leave its code and names out from September 2023.
    """
    unnamed = votes.filter(pl.col("ccode").is_null())
    if not unnamed.height:
        return votes
    of_turkey = votes.filter(pl.col("ccode") == TURKEY).select("call").unique()
    known = (
        unnamed.filter(pl.len().over("call") == 1).join(of_turkey, on="call", how="anti").sort(ROW)
    )
    left_out = unnamed.join(known, on=ROW, how="anti").sort(ROW)

    def noted(rule: str, rows: pl.DataFrame) -> None:
        if rows.height:
            roll_call = roll_calls["roll_call"][rows["call"][0]]
            corrections[rule] = (rows.height, f"row {rows[ROW][0]}, roll call {roll_call}")

    noted("no state named, in a roll call without Türkiye: Türkiye", known)
    noted("no state named, and Türkiye is there or it is one of several: left out", left_out)
    is_known = pl.col(ROW).is_in(known[ROW].implode())
    return votes.with_columns(
        ccode=pl.when(is_known).then(pl.lit(TURKEY, pl.Int32)).otherwise("ccode")
    ).filter(pl.col("ccode").is_not_null())


def _without_duplicates(
    votes: pl.DataFrame, corrections: Corrections
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The votes without exact duplicates, and those of states with two different votes.

    A state with two different votes in a roll call keeps both, for the models to report.
    """
    # One number as the key of a state's vote takes a quarter of the memory.
    of_state = pl.col("call").cast(pl.Int64) * 2**31 + pl.col("ccode")
    second = votes.select(~of_state.is_first_distinct()).to_series()
    if not second.any():
        return votes, votes.clear()
    repeated = votes.select(~(of_state * 16 + pl.col("vote")).is_first_distinct()).to_series()
    if repeated.any():
        rows = votes.filter(repeated)
        example = f"row {rows[ROW][0]}, ccode {rows['ccode'][0]}"
        corrections["duplicate row: taken once"] = (rows.height, example)
    return votes.filter(~repeated), votes.filter(second & ~repeated)


def _counted_once(
    roll_calls: pl.DataFrame, votes: pl.DataFrame, corrections: Corrections
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Roll calls and votes without those repeated under a second number.

    That is: same symbol, day and description, and the same votes of all states. Paragraphs of one
    resolution may have the same votes, but each has its own description.
    """
    calls = roll_calls.with_row_index("call").with_columns(pl.col("call").cast(pl.Int32))
    alike = ["unres", "vote_date", "short", "descr", *MARKS]
    candidates = calls.filter(pl.col("unres").is_not_null() & (pl.len().over(alike) > 1))
    cast_alike = (
        votes.lazy()
        .join(candidates.lazy().select("call"), on="call", how="semi")
        .sort("call", "ccode")
        .group_by("call", maintain_order=True)
        .agg(cast=pl.format("{}:{}", "ccode", "vote").str.join(","))
        .collect()
    )
    second = (
        candidates.join(cast_alike, on="call")
        .sort("call")
        .with_columns(as_call=pl.col("call").first().over([*alike, "cast"]))
        .filter(pl.col("as_call") != pl.col("call"))
    )
    roll_calls = calls.drop("call")
    votes = votes.with_columns(roll_call=roll_calls["roll_call"].gather(votes["call"]))
    if not second.height:
        return roll_calls, votes
    one = second.row(0, named=True)
    corrections["one vote under two numbers: counted once, under the first"] = (
        second.height,
        f"roll call {one['roll_call']}, as {roll_calls['roll_call'][one['as_call']]}: "
        f"{one['unres']} of {one['vote_date']}",
    )
    return (
        roll_calls.join(second, on="roll_call", how="anti", maintain_order="left"),
        votes.join(second.select("call"), on="call", how="anti", maintain_order="left"),
    )

"""The UN Secretariat's machine-readable resolutions: one file a session, from session 74.

Belongs here: its addresses, its sessions, the JSON of its files. Not here: which of two lines of
the same symbol holds, or how names of states are read (the dbt project).
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

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
from orchestration.sources.http import Client, NoAnswerError, NotThereError
from orchestration.sources.landing import (
    carry_over,
    check_whole,
    copy_in,
    dropped_files,
    landed_releases,
    not_new,
    same_bytes,
    staging,
    take_in,
)
from orchestration.sources.tables import session_of_symbol

# The sessions that were there in July 2026; later ones are found by asking for the next number.
KNOWN_SESSIONS = ("74", "75", "76", "77", "78", "79", "80", "ES-10", "ES-11", "S-32")
SESSION_FILE = re.compile(r"((?:ES-|S-)?[1-9]\d?)\.json")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
ADOPTION = {
    "without a vote": "without_vote",
    "adoptedwithoutvote": "without_vote",
    "by a recorded vote": "recorded",
    "adoptedrecordedvote": "recorded",
    "": "unknown",
}
LISTS = {"MS_in_favour": "yes", "MS_against": "no", "MS_abstaining": "abstain"}
STATED = {
    "yes_stated": "MS_in_favour_count",
    "no_stated": "MS_against_count",
    "abstain_stated": "MS_abstaining_count",
}
ONES = (
    *("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth"),
    *("Tenth", "Eleventh", "Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth"),
    *("Seventeenth", "Eighteenth", "Nineteenth"),
)
TENS = ("Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety")

RESOLUTIONS = {
    "row_number": pl.Int32,
    "symbol": pl.String,
    "session": pl.String,
    "vote_date": pl.Date,
    "meeting": pl.String,
    "title": pl.String,
    "originating_document": pl.String,
    "committee": pl.String,
    "agenda_item": pl.String,
    "agenda_item_name": pl.String,
    "adoption_type": pl.String,
    "yes_stated": pl.Int32,
    "no_stated": pl.Int32,
    "abstain_stated": pl.Int32,
}
VOTES = {"row_number": pl.Int32, "state_name": pl.String, "vote": pl.String}
SUBJECTS = {"row_number": pl.Int32, "subject": pl.String, "scheme": pl.String}
SPONSORS = {"row_number": pl.Int32, "state_name": pl.String, "additional": pl.Boolean}
TABLES = {
    "unxml_resolutions": RESOLUTIONS,
    "unxml_votes": VOTES,
    "unxml_subjects": SUBJECTS,
    "unxml_sponsors": SPONSORS,
}

source = Source(
    name="unxml",
    title="UN Secretariat, machine-readable General Assembly resolutions",
    licence="Acknowledge the United Nations as the source; unofficial",
    citation="United Nations, machine-readable resolutions of the General Assembly, "
    "https://github.com/UNxml/GAresolutions",
    terms="Unofficial; the official texts are those of the UN's Official Document System",
    url="https://github.com/UNxml/GAresolutions",
    layouts=(
        "JSON lines, one resolution a line, adoption_type (sessions 74 to 78, ES-11, S-32)",
        "the same with voting_type as well (sessions 79, 80, ES-10)",
        "one JSON array of the same objects",
    ),
)


@dataclass
class SessionFile:
    """What is in one session's file: rows by table, and what was mended, by rule."""

    rows: dict[str, list[tuple[Any, ...]]] = field(
        default_factory=lambda: {it: [] for it in TABLES}
    )
    mended: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def mend(self, rule: str, example: object) -> None:
        """Count a defect that a rule mends."""
        self.mended[rule] += 1
        self.examples.setdefault(rule, str(example))

    @property
    def newest(self) -> date:
        """The newest day of adoption."""
        at = list(RESOLUTIONS).index("vote_date")
        return max(row[at] for row in self.rows["unxml_resolutions"])


def land(
    landing: Path,
    origin: Origin,
    sessions: Sequence[str] | None = None,
    log: Callable[[str], object] = quiet,
) -> Landed:
    """Gather a release of all sessions: a person's files, then what is new, then what is landed.

    `sessions` limits which are asked for. A session that fails is told of in the reason, and the
    landed one, if there is one, stays. Raises SourceError if there is nothing but files that can't
    be read.
    """
    kept = landed_releases(landing, source.name)
    newest = kept[-1] if kept else None
    landed_files = {file.name: file for file in newest.files} if newest else {}
    with staging(landing, source.name) as folder:
        dropped = dropped_files(landing, source.name)
        files = {path.name: copy_in(path, folder) for path in dropped}
        fetched, failed = _fetch(origin, folder, sessions, landed_files, set(files))
        files |= fetched
        refused = _take_out_unreadable(folder, files, landed_files)
        for failure in (*failed, *refused):
            log(f"unxml: {failure}")
        if not (files or newest) and refused:
            raise SourceError("; ".join(refused))
        for name, file in landed_files.items():
            if newest and name not in files:
                files[name] = carry_over(newest, file, folder)
        if not files:
            return Landed(None, False, "; ".join(failed) or "no session of it was found")
        landed = _land_staged(landing, folder, list(files.values()))
        for path in dropped:
            if path.name in files:
                path.unlink()
    return Landed(landed.release, landed.is_new, "; ".join([landed.reason, *failed, *refused]))


def _take_out_unreadable(
    folder: Path, files: dict[str, LandedFile], landed: Mapping[str, LandedFile]
) -> list[str]:
    """Remove files that can't be read from a staging folder; why, for each. Landed ones can."""
    refused = []
    for name in sorted(files):
        if name in landed and landed[name].sha256 == files[name].sha256:
            continue
        try:
            read_session(folder / name)
        except SourceError as error:
            refused.append(f"refused: {error}")
            (folder / name).unlink()
            del files[name]
    return refused


def _land_staged(landing: Path, folder: Path, files: list[LandedFile]) -> Landed:
    """Land sessions under the newest day of adoption and what is in them."""
    if known := same_bytes(landing, source.name, files):
        return not_new(landing, known)
    newest = max(read_session(folder / file.name).newest for file in files)
    lines = sorted(f"{file.name} {file.sha256}\n" for file in files)
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return take_in(landing, folder, source.name, f"{newest}.{digest[:8]}", newest, files)


def _fetch(
    origin: Origin,
    folder: Path,
    sessions: Sequence[str] | None,
    landed: Mapping[str, LandedFile],
    have: set[str],
) -> tuple[dict[str, LandedFile], list[str]]:
    """The sessions that are new or may be, by file name, in the staging folder; and what failed."""
    wanted = None if sessions is None else [_session(it) for it in sessions]
    try:
        mirror = origin.mirror_folder
    except NotInReachError as error:
        return {}, [f"not in reach: {error}"]
    if mirror:
        paths = sorted((mirror / "unxml").glob("*.json"))
        chosen = [it for it in paths if wanted is None or it.stem in wanted]
        return {
            it.name: copy_in(it, folder, it.absolute().as_uri())
            for it in chosen
            if it.name not in have
        }, []
    with Client(origin.patience) as client:
        visit = _Visit(
            client,
            f"{origin.mirror_url}/unxml" if origin.mirror_url else origin.unxml_url,
            folder,
            landed,
            have,
            # A mirror need not have every session.
            all_there=not origin.mirror_url,
        )
        try:
            visit.fetch_all(wanted)
        except NoAnswerError as error:
            visit.failed.append(f"not in reach: {error}")
    return visit.files, visit.failed


@dataclass
class _Visit:
    """Asking a server for one session after the other."""

    client: Client
    base: str
    folder: Path
    landed: Mapping[str, LandedFile]
    have: set[str]
    all_there: bool
    files: dict[str, LandedFile] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def fetch_all(self, wanted: list[str] | None) -> None:
        """Ask for the sessions wanted; else for all that are known, and what comes next."""
        known = sorted({*KNOWN_SESSIONS, *(Path(it).stem for it in self.landed)}, key=_in_order)
        for session in known if wanted is None else wanted:
            self.fetch(session, self.all_there)
        for session in _next_sessions(known) if wanted is None else ():
            while self.fetch(session, must_be_there=False):
                session = _after(session)

    def fetch(self, session: str, must_be_there: bool) -> bool:
        """Whether the session is there. Raises NoAnswerError if there is no point in going on."""
        name = f"{session}.json"
        if name in self.have:
            return True
        try:
            url = f"{self.base}/{name}"
            file = self.client.download(url, self.folder / name, self.landed.get(name))
        except NoAnswerError:
            raise
        except NotInReachError as error:
            if must_be_there or not isinstance(error, NotThereError):
                self.failed.append(f"not in reach: {error}")
            return False
        if file:
            self.files[name] = file
        return True


def _session(text: str) -> str:
    if not SESSION_FILE.fullmatch(f"{text.upper()}.json"):
        raise SourceError(f"no session of the Assembly: {text!r}, expected one as 81 or ES-12")
    return text.upper()


def _in_order(session: str) -> tuple[str, int]:
    kind, _, number = session.rpartition("-")
    return kind, int(number)


def _after(session: str) -> str:
    kind, number = _in_order(session)
    return f"{kind}-{number + 1}" if kind else f"{number + 1}"


def _next_sessions(known: Iterable[str]) -> list[str]:
    """The session of each kind that would come next: regular, emergency special, special."""
    newest = {_in_order(session)[0]: session for session in sorted(known, key=_in_order)}
    return [_after(session) for session in newest.values()]


def parse(release: Release) -> Parsed:
    """Read a release into `unxml_resolutions` (a row a line), `_votes`, `_subjects`, `_sponsors`.

    Raises SourceError for a file that can't be read whole, naming the line.
    """
    check_whole(release)
    frames: dict[str, list[pl.DataFrame]] = {name: [] for name in TABLES}
    repairs = []
    for file in release.files:
        read = read_session(release.folder / file.name)
        for name, columns in TABLES.items():
            rows = pl.DataFrame(read.rows[name], schema=columns, orient="row")
            frames[name].append(
                rows.select(
                    pl.lit(release.name).alias("release"), pl.lit(file.name).alias("file"), pl.all()
                )
            )
        repairs += [
            Repair(source.name, release.name, file.name, rule, rows, read.examples[rule])
            for rule, rows in sorted(read.mended.items())
        ]
    return Parsed({name: pl.concat(parts) for name, parts in frames.items()}, repairs)


def read_session(path: Path) -> SessionFile:
    """Read the file of one session, named after it. Raises SourceError, naming the line."""
    named = SESSION_FILE.fullmatch(path.name)
    if not named:
        raise SourceError(f"{path.name}: expected the name of a session, as 81.json or ES-12.json.")
    read = SessionFile()
    for number, resolution in _resolutions(path):
        try:
            _read_resolution(read, number, resolution, named[1])
        except ValueError as error:
            raise SourceError(
                f"{path.name}, line {number}: {error}. The file is not used; take it as the source "
                "serves it, or wait until it is corrected there."
            ) from error
    if not read.rows["unxml_resolutions"]:
        raise SourceError(f"{path.name}: no resolution in it. Fetch it again.")
    return read


def _resolutions(path: Path) -> Iterator[tuple[int, Any]]:
    """The objects of a file, from 1: JSON lines, or one array."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(f"{path.name}, line {line}: not UTF-8. Fetch it again.") from error
    whole = text.lstrip().startswith("[")
    for number, line_text in enumerate([text] if whole else text.split("\n"), 1):
        if not line_text.strip():
            continue
        try:
            found = json.loads(line_text)
        except (ValueError, RecursionError) as error:
            raise SourceError(
                f"{path.name}, line {number}: not JSON ({error}). It is cut off or damaged, or no "
                "file of the source; fetch it again."
            ) from error
        yield from enumerate(found, 1) if isinstance(found, list) else [(number, found)]


def _read_resolution(read: SessionFile, number: int, given: Any, session: str) -> None:
    """Add one resolution to what was read. Raises ValueError for what it can't be."""
    if not isinstance(given, dict):
        raise ValueError(f"expected an object, found {str(given)[:60]!r}")
    if missing := {"symbol", "adoption_date", "session", *LISTS, *STATED.values()} - given.keys():
        raise ValueError(f"fields that miss: {', '.join(sorted(missing))}")
    symbol = _text(given, "symbol")
    if session_of_symbol(symbol) != session:
        raise ValueError(
            f"symbol {symbol!r} is not of session {session}, after which the file is named"
        )
    if (_text(given, "session") or "").casefold() != session_in_words(session).casefold():
        read.mend("session in words is another than the file's: the file's", given["session"])
    vote_date = _day(read, _text(given, "adoption_date") or "", str(given["adoption_date"]))
    if (
        not session.isdecimal()
        and vote_date.year < 1946
        or (session.isdecimal() and not -1 <= vote_date.year - 1945 - int(session) <= 2)
    ):
        raise ValueError(f"adoption_date {vote_date} is no day of session {session}")
    read.rows["unxml_resolutions"].append(
        (
            number,
            symbol,
            session,
            vote_date,
            _text(given, "pv"),
            _text(given, "title"),
            _text(given, "originating_document"),
            _committee(read, _text(given, "committee")),
            _text(given, "agenda_item"),
            _text(given, "agenda_item_name"),
            _adoption(read, given),
            *(_stated(given, name) for name in STATED.values()),
        )
    )
    read.rows["unxml_votes"] += [
        (number, name, vote)
        for listed, vote in LISTS.items()
        for name in _names(read, given, listed)
    ]
    read.rows["unxml_subjects"] += [(number, *pair) for pair in _subjects(given)]
    read.rows["unxml_sponsors"] += [
        (number, name, listed == "additional_sponsors")
        for listed in ("sponsors", "additional_sponsors")
        for name in _names(read, given, listed)
    ]


def session_in_words(session: str) -> str:
    """A session up to 99 in words: 'Seventy-ninth session', 'Tenth emergency special session'."""
    kind, number = _in_order(session)
    tens, ones = divmod(number, 10)
    if number < 20:
        words = ONES[number - 1]
    elif ones:
        words = f"{TENS[tens - 2]}-{ONES[ones - 1].lower()}"
    else:
        words = f"{TENS[tens - 2][:-1]}ieth"
    return words + {"": "", "ES": " emergency special", "S": " special"}[kind] + " session"


def _text(given: dict[str, Any], name: str) -> str | None:
    """A field's text, blanks of every kind made one space; None if it is empty or 'N.A.'."""
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} is {str(value)[:60]!r}, expected text")
    text = " ".join(value.split())
    return None if text in ("", "N.A.") else text


def _day(read: SessionFile, text: str, given: str) -> date:
    if "\xa0" in given:
        read.mend("no-break space in a date: a space", given)
    words = re.fullmatch(r"(\d{1,2}) ([A-Za-z]+) (\d{4})", text)
    digits = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})( 00:00:00)?", text)
    try:
        if words:
            month = MONTHS.index(words[2].capitalize()) + 1
            return date(int(words[3]), month, int(words[1]))
        if digits:
            if digits[4]:
                read.mend("date with a time of 0: its day", given)
            return date(int(digits[1]), int(digits[2]), int(digits[3]))
    except ValueError:
        pass
    raise ValueError(f"adoption_date is {given[:60]!r}, expected a day as '2 March 2022'")


def _committee(read: SessionFile, text: str | None) -> str | None:
    if text and (tag := re.fullmatch(r"#([a-z]+)Committee", text)):
        read.mend("committee as a tag (#fifthCommittee): Fifth Committee", text)
        return f"{tag[1].capitalize()} Committee"
    return text


def _adoption(read: SessionFile, given: dict[str, Any]) -> str:
    """How a resolution was adopted, by either of the two fields that say so."""
    said = [_text(given, name) or "" for name in ("adoption_type", "voting_type")]
    kinds = {ADOPTION.get(text.casefold(), "unknown") for text in said} - {"unknown"}
    if len(kinds) == 1:
        return kinds.pop()
    if any(said):
        read.mend("kind of adoption not known or said two ways: unknown", " / ".join(said))
    return "unknown"


def _stated(given: dict[str, Any], name: str) -> int | None:
    value = given[name]
    if value is None or (isinstance(value, str) and value.strip() in ("", "N.A.")):
        return None
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,3}", str(value).strip()):
        raise ValueError(f"{name} is {str(value)[:60]!r}, expected a whole number or 'N.A.'")
    return int(value)


def _names(read: SessionFile, given: dict[str, Any], listed: str) -> Iterator[str]:
    names = given.get(listed) or []
    if not isinstance(names, list) or not all(isinstance(it, str) for it in names):
        raise ValueError(f"{listed} is {str(names)[:60]!r}, expected a list of names")
    for name in names:
        if name.strip():
            yield name.strip()
        else:
            read.mend("empty name in a list: left out", f"{listed} of {given['symbol']}")


def _subjects(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    subjects = given.get("subjects") or []
    if not isinstance(subjects, list):
        raise ValueError(f"subjects is {str(subjects)[:60]!r}, expected a list of pairs")
    for pair in subjects:
        if not (
            isinstance(pair, list) and len(pair) == 2 and all(isinstance(it, str) for it in pair)
        ):
            raise ValueError(f"subject {str(pair)[:60]!r} is no pair of subject and scheme")
        yield pair[0].strip(), pair[1].strip()

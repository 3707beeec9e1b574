"""The UN Secretariat's machine-readable resolutions: one file a session, from session 74.

Belongs here: its addresses, its sessions, the JSON of its files. Not here: which of two lines of
the same symbol holds, or how names of states are read (the dbt project).
"""

import hashlib
import json
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from orchestration.sources.http import Client, NoAnswerError, NotThereError
from orchestration.sources.landing import Landing, carry_over, check_whole, staged
from orchestration.sources.parsed import write_parsed
from orchestration.sources.places import OnDisk, OnServer, Place, Visiting, not_in_reach
from orchestration.sources.release import (
    Correction,
    FileOutcome,
    Landed,
    LandedFile,
    NotInReachError,
    Origin,
    Outcome,
    Parsed,
    Release,
    Source,
    SourceError,
    quiet,
)
from orchestration.sources.sessions import (
    in_order,
    is_day_of,
    is_session,
    next_sessions,
    session_after,
    session_in_words,
    session_of_symbol,
)
from orchestration.sources.visits import Visit, after, read_visit, still_open, write_visit

LOG = logging.getLogger(__name__)
# The sessions published by July 2026; later ones are found by asking for the next number.
KNOWN_SESSIONS = ("74", "75", "76", "77", "78", "79", "80", "ES-10", "ES-11", "S-32")
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
SOURCE = Source(
    name="unxml",
    title="UN Secretariat, machine-readable General Assembly resolutions",
    licence="Acknowledge the United Nations as the source; unofficial",
    citation="United Nations, machine-readable resolutions of the General Assembly, "
    "https://github.com/UNxml/GAresolutions",
    terms="Unofficial; the official texts are those of the UN's Official Document System",
    url="https://github.com/UNxml/GAresolutions",
    schema_versions=(
        "JSON lines, one resolution a line, adoption_type (sessions 74 to 78, ES-11, S-32)",
        "the same with voting_type as well (sessions 79, 80, ES-10)",
        "one JSON array of the same objects",
    ),
)


@dataclass
class SessionFile:
    """What is in one session's file: rows by table, and what was corrected, by rule."""

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    newest: date = date.min
    corrected: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def correct(self, rule: str, example: object) -> None:
        """Count a defect that a rule corrects."""
        self.corrected[rule] += 1
        self.examples.setdefault(rule, str(example))


class Unxml:
    """The Secretariat's files: a release has all sessions, each from its newest file."""

    source = SOURCE
    parser = 1

    def land(
        self,
        landing: Path,
        origin: Origin,
        sessions: Sequence[str] | None = None,
        log: Callable[[str], object] = quiet,
    ) -> Landed:
        """Gather a release of all sessions: a person's, then what is new, then what is landed.

        `sessions` limits which are requested. A session that is refused or not in reach does not
        affect the others, and its landed file, if there is one, stays. Raises LandingError if the
        landing can't be written to.
        """
        wanted = None if sessions is None else [_session(session) for session in sessions]
        place = Landing(landing, SOURCE.name)
        with place.locked(), place.staging() as folder:
            visit = _visit(place, self.parser, log)
            gathering = Gathering(visit, folder)
            gathering.ask(origin, wanted)
            is_new = gathering.take_in()
            files = tuple(gathering.outcomes)
            for file in files:
                if file.outcome is Outcome.NOT_IN_REACH:
                    log(f"unxml: {file}")
            kept = _not_asked(visit.before, wanted, files)
            now = after(visit.before, files, "", visit.seen, is_new, kept)
            write_visit(landing, SOURCE.name, now)
        return Landed(place.newest(), files)

    def probe(self, landing: Path, origin: Origin, sessions: Sequence[str] | None = None) -> Landed:
        """Look for new or changed sessions; what `land` would fetch is called new."""
        wanted = None if sessions is None else [_session(session) for session in sessions]
        place = Landing(landing, SOURCE.name)
        visit = _visit(place, self.parser, quiet, probe=True)
        gathering = Gathering(visit, None)
        gathering.ask(origin.to_probe(), wanted)
        files = tuple(gathering.outcomes)
        kept = _not_asked(visit.before, wanted, files)
        remembered = after(visit.before, files, "", {}, is_new=False, kept=kept)
        try:
            write_visit(landing, SOURCE.name, remembered)
        except OSError as error:
            LOG.warning("unxml: this visit is not remembered: %s", error)
        return Landed(place.newest(), files)

    def parse(self, release: Release) -> Parsed:
        """Read a release into its raw tables; `unxml_resolutions` has a row a line.

        Raises SourceError, naming the line, for a file of which any part can't be read.
        """
        check_whole(release)
        read = {file.name: read_session(release.folder / file.name) for file in release.files}
        return _parsed(release, read)

    def waiting(self, landing: Path) -> list[Path]:
        """The dropped files that `land` would read: not those that are known to be refused."""
        place = Landing(landing, SOURCE.name)
        visit = _visit(place, self.parser, quiet, probe=True)
        return [
            path
            for path in place.dropped()
            if (found := visit.outcome_without_reading(OnDisk(path, by_hand=True)))
            and found.outcome is Outcome.NEW
        ]


@dataclass
class Gathering:
    """The sessions of one visit, from a person, a mirror or the server, each read as it arrives."""

    visit: Visiting
    # None in a probe.
    folder: Path | None
    outcomes: list[FileOutcome] = field(default_factory=list)
    files: dict[str, LandedFile] = field(default_factory=dict)
    read: dict[str, SessionFile] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def ask(self, origin: Origin, wanted: list[str] | None) -> None:
        """Look for sessions where a person puts them, then in the mirror or on the server."""
        for path in self.visit.landing.dropped():
            self.add(OnDisk(path, by_hand=True))
        have = set(self.files)
        try:
            mirror = origin.mirror_folder
        except NotInReachError as error:
            self.outcomes.append(not_in_reach(str(origin.mirror), error))
            return
        if mirror:
            paths = sorted((mirror / "unxml").glob("*.json"))
            for path in paths:
                if path.name not in have and (wanted is None or path.stem in wanted):
                    self.add(OnDisk(path))
            if not paths:
                none = NotInReachError(f"the mirror {origin.mirror} has no unxml/<session>.json")
                self.outcomes.append(not_in_reach(str(origin.mirror), none))
            return
        with Client(origin.retry) as client:
            server = _Server(
                client,
                f"{origin.mirror_url}/unxml" if origin.mirror_url else origin.unxml_url,
                # A mirror may lack sessions.
                all_there=not origin.mirror_url,
            )
            try:
                self._ask_server(server, wanted, have)
            except NoAnswerError as error:
                self.outcomes.append(not_in_reach(server.base, error))
                return
            if not (self.outcomes or self.files):
                none = NotInReachError(f"{server.base}: no session of the Assembly is there")
                self.outcomes.append(not_in_reach(server.base, none))

    def add(self, place: Place) -> None:
        """Add one session's file. Raises NotInReachError if it can't be fetched."""
        found = self.visit.outcome_without_reading(place)
        if found is None:
            found = self._read(place)
        if found:
            self.outcomes.append(found)

    def _read(self, place: Place) -> FileOutcome | None:
        """Fetch and read a file; the outcome of a new one is known once all are in."""
        assert self.folder is not None
        by_hand = isinstance(place, OnDisk) and place.by_hand
        known = None if by_hand else self.visit.known(place)
        if known and known.sha256 not in self._in_use():
            known = None
        file = place.fetch(self.folder, known)
        if file is None:
            return FileOutcome(place.name, Outcome.UNCHANGED)
        if file.sha256 not in self._in_use():
            try:
                self.read[file.name] = read_session(self.folder / file.name)
            except SourceError as error:
                (self.folder / file.name).unlink()
                return self.visit.refused(place, error)
        self.files[file.name] = file
        self.places[file.name] = place
        return None

    def _in_use(self) -> dict[str, LandedFile]:
        """The files of the newest release, by hash."""
        newest = self.visit.landing.newest()
        return {file.sha256: file for file in newest.files} if newest else {}

    def take_in(self) -> bool:
        """Make a release of what came and what is landed; whether it is a new one."""
        assert self.folder is not None
        landing = self.visit.landing
        newest = landing.newest()
        in_use = self._in_use()
        changed = {name for name, file in self.files.items() if file.sha256 not in in_use}
        release = None
        if changed or (self.files and newest is None):
            release = self._release(newest)
        is_new = release is not None and landing.newest() == release
        for name, place in self.places.items():
            if name in changed and is_new:
                outcome, reason = Outcome.NEW, f"landed in {release.name}" if release else ""
            else:
                outcome, reason = Outcome.UNCHANGED, "" if release is None or is_new else "not used"
            sha256 = self.files[name].sha256
            self.outcomes.append(self.visit.remember(place, outcome, reason, sha256))
            if isinstance(place, OnDisk) and place.by_hand:
                place.path.unlink()
        return is_new

    def _release(self, newest: Release | None) -> Release | None:
        """The release of all sessions; None if exactly these bytes are landed and in use."""
        assert self.folder is not None
        landing = self.visit.landing
        for file in newest.files if newest else ():
            if newest and file.name not in self.files:
                self.files[file.name] = carry_over(newest, file, self.folder)
        files = list(self.files.values())
        if known := landing.same_bytes(files):
            return known
        for file in files:
            if file.name not in self.read:
                self.read[file.name] = read_session(self.folder / file.name)
        day = max(read.newest for read in self.read.values())
        lines = sorted(f"{file.name} {file.sha256}\n" for file in files)
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        release = landing.new_release(f"{day}.{digest[:8]}", day, files)
        parsed = _parsed(release, {file.name: self.read[file.name] for file in release.files})
        write_parsed(staged(release, self.folder), parsed, self.visit.parser)
        landing.take_in(self.folder, release)
        return release

    def _ask_server(self, server: "_Server", wanted: list[str] | None, have: set[str]) -> None:
        """Ask for the requested sessions, else for all known ones and what comes next."""
        newest = self.visit.landing.newest()
        landed = [Path(file.name).stem for file in newest.files] if newest else []
        known = sorted({*KNOWN_SESSIONS, *landed}, key=in_order)
        for session in known if wanted is None else wanted:
            self._ask_for(server, session, have, server.all_there)
        for session in next_sessions(known) if wanted is None else ():
            while self._ask_for(server, session, have, must_be_there=False):
                session = session_after(session)

    def _ask_for(
        self, server: "_Server", session: str, have: set[str], must_be_there: bool
    ) -> bool:
        """Whether the session exists. Raises NoAnswerError if there is no point in going on."""
        name = f"{session}.json"
        if name in have:
            return True
        url = f"{server.base}/{name}"
        try:
            self.add(OnServer(server.client, url, name))
        except NoAnswerError:
            raise
        except NotInReachError as error:
            if must_be_there or not isinstance(error, NotThereError):
                self.outcomes.append(not_in_reach(url, error))
            return False
        return True


@dataclass(frozen=True)
class _Server:
    """The server that is asked, and whether it must have every known session."""

    client: Client
    base: str
    all_there: bool


def _visit(
    landing: Landing, parser: int, log: Callable[[str], object], probe: bool = False
) -> Visiting:
    return Visiting(landing, read_visit(landing.landing, SOURCE.name), parser, probe, log)


def _not_asked(
    before: Visit, wanted: list[str] | None, asked: Iterable[FileOutcome]
) -> list[FileOutcome]:
    """Earlier outcomes that still hold, of sessions that this visit did not ask for."""
    if wanted is None:
        return []
    # By the file's name: an outcome that is not in reach has an address for its name.
    names = {PurePosixPath(file.name).name for file in asked}
    names.update(f"{session}.json" for session in wanted)
    return [
        file
        for file in still_open(before)
        if is_session(PurePosixPath(file.name).stem) and PurePosixPath(file.name).name not in names
    ]


def _session(text: str) -> str:
    if not is_session(text.upper()):
        raise SourceError(f"no session of the Assembly: {text!r}, expected one as 81 or ES-12")
    return text.upper()


def _parsed(release: Release, read: dict[str, SessionFile]) -> Parsed:
    """The rows of all files of a release, by table."""
    from orchestration.sources.schemas import RAW_TABLES, polars_types

    tables = RAW_TABLES[SOURCE.name]
    frames: dict[str, list[pl.DataFrame]] = {name: [] for name in tables}
    corrections = []
    for file in release.files:
        of_file = read[file.name]
        for name in tables:
            types = polars_types(name)
            columns = {
                column: types[column] for column in types if column not in ("release", "file")
            }
            rows = pl.DataFrame(of_file.rows[name], schema=columns, orient="row")
            named = (pl.lit(release.name).alias("release"), pl.lit(file.name).alias("file"))
            frames[name].append(rows.select(*named, pl.all()))
        corrections += [
            Correction(SOURCE.name, release.name, file.name, rule, rows, of_file.examples[rule])
            for rule, rows in sorted(of_file.corrected.items())
        ]
    return Parsed({name: pl.concat(parts) for name, parts in frames.items()}, corrections)


def read_session(path: Path) -> SessionFile:
    """Read the file of one session, named after it. Raises SourceError, naming the line."""
    session = path.name.removesuffix(".json")
    if not is_session(session) or session == path.name:
        raise SourceError(f"{path.name}: expected the name of a session, as 81.json or ES-12.json.")
    read = SessionFile()
    for number, resolution in _resolutions(path):
        try:
            _read_resolution(read, number, resolution, session)
        except ValueError as error:
            raise SourceError(
                f"{path.name}, line {number}: {error}. The file is not used; take it as the source "
                "serves it, or wait until it is corrected there."
            ) from error
    if not read.rows["unxml_resolutions"]:
        raise SourceError(f"{path.name}: no resolution in it. Fetch it again.")
    return read


def _resolutions(path: Path) -> Iterator[tuple[int, Any]]:
    """The objects of a file, numbered from 1: JSON lines, or one array."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(f"{path.name}, line {line}: not UTF-8. Fetch it again.") from error
    is_array = text.lstrip().startswith("[")
    for number, line_text in enumerate([text] if is_array else text.split("\n"), 1):
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
    """Add one resolution to what was read. Raises ValueError for an invalid one."""
    if not isinstance(given, dict):
        raise ValueError(f"expected an object, found {str(given)[:60]!r}")
    if missing := {"symbol", "adoption_date", "session", *LISTS, *STATED.values()} - given.keys():
        raise ValueError(f"missing fields: {', '.join(sorted(missing))}")
    symbol = _text(given, "symbol")
    if session_of_symbol(symbol) != session:
        raise ValueError(
            f"symbol {symbol!r} is not of session {session}, after which the file is named"
        )
    if (_text(given, "session") or "").casefold() != session_in_words(session).casefold():
        read.correct("session in words is another than the file's: the file's", given["session"])
    vote_date = _day(read, _text(given, "adoption_date") or "", str(given["adoption_date"]))
    if not is_day_of(vote_date, session):
        raise ValueError(f"adoption_date {vote_date} is no day of session {session}")
    read.newest = max(read.newest, vote_date)
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


def _text(given: dict[str, Any], name: str) -> str | None:
    """A field's text with whitespace normalized; None if it is empty or 'N.A.'."""
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(f"{name} is {str(value)[:60]!r}, expected text")
    text = " ".join(value.split())
    return None if text in ("", "N.A.") else text


def _day(read: SessionFile, text: str, given: str) -> date:
    if "\xa0" in given:
        read.correct("no-break space in a date: a space", given)
    words = re.fullmatch(r"(\d{1,2}) ([A-Za-z]+) (\d{4})", text)
    digits = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})( 00:00:00)?", text)
    try:
        if words:
            month = MONTHS.index(words[2].capitalize()) + 1
            return date(int(words[3]), month, int(words[1]))
        if digits:
            if digits[4]:
                read.correct("date with a time of 0: its day", given)
            return date(int(digits[1]), int(digits[2]), int(digits[3]))
    except ValueError:
        pass
    raise ValueError(f"adoption_date is {given[:60]!r}, expected a day as '2 March 2022'")


def _committee(read: SessionFile, text: str | None) -> str | None:
    if text and (tag := re.fullmatch(r"#([a-z]+)Committee", text)):
        read.correct("committee as a tag (#fifthCommittee): Fifth Committee", text)
        return f"{tag[1].capitalize()} Committee"
    return text


def _adoption(read: SessionFile, given: dict[str, Any]) -> str:
    """How a resolution was adopted, by either of the two fields that state it."""
    said = [_text(given, name) or "" for name in ("adoption_type", "voting_type")]
    kinds = {ADOPTION.get(text.casefold(), "unknown") for text in said} - {"unknown"}
    if len(kinds) == 1:
        return kinds.pop()
    if any(said):
        read.correct("kind of adoption unknown or contradictory: unknown", " / ".join(said))
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
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{listed} is {str(names)[:60]!r}, expected a list of names")
    for name in names:
        if name.strip():
            yield name.strip()
        else:
            read.correct("empty name in a list: left out", f"{listed} of {given['symbol']}")


def _subjects(given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    subjects = given.get("subjects") or []
    if not isinstance(subjects, list):
        raise ValueError(f"subjects is {str(subjects)[:60]!r}, expected a list of pairs")
    for pair in subjects:
        if not (
            isinstance(pair, list)
            and len(pair) == 2
            and all(isinstance(part, str) for part in pair)
        ):
            raise ValueError(f"subject {str(pair)[:60]!r} is no pair of subject and scheme")
        yield pair[0].strip(), pair[1].strip()

"""Ten years of a warehouse on one afternoon: each January a session, now and then a fault.

Belongs here: what a year ends in, with the clock turned (later.py), and whose help it needed. Not
here: each fault by itself (the other tests of this folder), or what is said on a terminal.

Set UNGA_YEARS to 10 for all of them; the first one alone takes minutes.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import later
import pytest
from receivers import Hook, hook
from warehouses import fingerprint

YEARS = int(os.environ.get("UNGA_YEARS", "1"))

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        later.clock() is None, reason="there is no faketime: the clock is not turned here"
    ),
]


@dataclass
class Service:
    """A warehouse, what its sources serve, and who is told of its faults; it is January."""

    warehouse: Path
    mirror: Path
    hook: Hook
    year: int = 2024
    by_hand: list[str] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.warehouse / "unga.duckdb"

    @property
    def session(self) -> int:
        """The session whose main part has just ended."""
        return self.year - 1946

    def day(self, number: int) -> date:
        return date(self.year, 1, number)

    def run(self, number: int, *arguments: str, **variables: str) -> tuple[int, str]:
        """Run a command on a day of January; its exit status and what it said."""
        variables |= {"UNGA_ALERT_WEBHOOK": self.hook.url}
        run = later.start(self.warehouse, self.mirror, self.day(number), *arguments, **variables)
        said, _ = run.communicate()
        # With the clock turned, what reads the output of a run for Dagster does not end with it.
        later.kill(run)
        return run.returncode, said

    def refresh(self, number: int, **variables: str) -> int:
        status, said = self.run(number, "refresh", **variables)
        print(self.year, status, said)  # shown if the test fails
        return status

    def serve(self, number: int, session: int | None = None) -> None:
        """Have the sources serve what they have on a day, the Secretariat up to a session."""
        shutil.rmtree(self.mirror, ignore_errors=True)
        later.write_assembly(self.mirror, self.day(number), session or self.session)

    def review(self, source: str, session: int, roll_calls: int) -> None:
        """Have a person accept a number of roll calls before it is asked for."""
        self.by_hand.append(f"{self.year}: {source} {session} reviewed")
        reviews = self.warehouse / "reviews.csv"
        with reviews.open("a", encoding="utf-8") as rows:
            rows.write(f"{source},{session},{roll_calls},at_least,,{self.day(1)},\n")

    def through(self) -> date:
        """The day of the last published vote."""
        with duckdb.connect(self.file, read_only=True) as connection:
            ((through,),) = connection.sql(
                "select max(vote_date) from marts.dim_roll_calls"
            ).fetchall()
        return through

    def told(self) -> tuple[int, int]:
        """How many causes people have been told of, and of how many that they are over."""
        said = self.hook.said
        return sum(len(one["begun"]) for one in said), sum(len(one["over"]) for one in said)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("ten years")
    (folder / "warehouse").mkdir()
    with hook() as receiver:
        yield Service(folder / "warehouse", folder / "mirror", receiver)


def published_the_session_of(service: Service) -> None:
    # The last day of the main part: other items come up when the session resumes in summer.
    assert service.through() == date(service.year - 1, 12, 13)


def nobody_has_reviewed_the_session(service: Service) -> None:
    """The build is refused, a person reviews the number, and the next refresh publishes."""
    service.serve(5)
    assert service.refresh(5) == 1
    assert not service.file.exists()
    assert service.told() == (1, 0)
    status, said = service.run(
        6, "review", "--source", "unxml", "--session", str(service.session), "--write"
    )
    assert status == 0, said
    service.by_hand.append(f"{service.year}: unxml {service.session} reviewed")
    assert service.refresh(7) == 0
    assert service.told() == (1, 1)


def a_file_is_broken_and_comes_back(service: Service) -> None:
    """The rest is published, the broken file is named until it is whole."""
    service.serve(5)
    broken = service.mirror / "unxml" / f"{service.session}.json"
    whole = broken.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    assert service.refresh(5) == 3
    assert service.through() == date(service.year - 1, 6, 21), "the summer of the session before"
    assert service.run(6, "status")[0] == 3
    broken.write_bytes(whole)
    service.review("unxml", service.session, 10)
    assert service.refresh(7) == 0
    assert service.run(8, "status")[0] == 0


def a_refresh_is_killed(service: Service) -> None:
    """The last good file is served, and the next refresh publishes."""
    service.review("unxml", service.session, 10)
    service.serve(5)
    before = fingerprint(service.file)
    run = later.start(service.warehouse, service.mirror, service.day(5), "refresh")
    assert run.stdout
    for line in run.stdout:
        if "build and test the models" in line:
            break
    later.kill(run)
    assert fingerprint(service.file) == before
    assert service.refresh(6) == 0


def a_source_loses_a_column(service: Service) -> None:
    """It is refused; its last release is used, with the new session of the other source."""
    service.review("unxml", service.session, 10)
    service.serve(5)
    later.without_column(service.mirror / "dataverse" / "UNVotes.csv.gz", "Country")
    assert service.refresh(5) == 3
    assert service.run(6, "status")[0] == 3


def the_source_comes_back_under_another_name(service: Service) -> None:
    """It is found."""
    service.review("unxml", service.session, 10)
    service.serve(5)
    votes = service.mirror / "dataverse" / "UNVotes.csv.gz"
    votes.rename(votes.with_name(f"UNVotes_{service.year}.csv.gz"))
    assert service.refresh(5) == 0


def the_disk_is_full(service: Service) -> None:
    """Nothing is published until there is room again."""
    service.review("unxml", service.session, 10)
    service.serve(5)
    before = fingerprint(service.file)
    assert service.refresh(5, LARGEST_FILE="9000000") == 1
    assert fingerprint(service.file) == before
    assert service.refresh(6) == 0


def the_secretariat_is_gone(service: Service) -> None:
    """The file stays, and status says which source was not reached."""
    service.serve(5)
    shutil.rmtree(service.mirror / "unxml")
    before = fingerprint(service.file)
    assert service.refresh(5) == 0
    assert fingerprint(service.file) == before
    assert service.run(6, "status")[0] == 3


def two_sessions_come_at_once(service: Service) -> None:
    """Both are published."""
    for session in (service.session - 1, service.session):
        service.review("unxml", session, 10)
    service.serve(5)
    assert service.refresh(5) == 0


def the_official_file_is_dropped_late(service: Service) -> None:
    """Its sessions are taken from it from now on; that it adds doubts is told."""
    service.review("unxml", service.session, 10)
    for session in range(78, service.session):
        service.review("undl", session, 15)
    service.serve(5)
    landing = service.warehouse / "landing" / "undl"
    later.write_official(landing, service.day(4), service.session - 1)
    assert service.refresh(5) == 0
    with duckdb.connect(service.file, read_only=True) as connection:
        sources = connection.sql(
            "select session, any_value(source) from marts.dim_roll_calls "
            f"where session in ('{service.session - 1}', '{service.session}') group by session"
        ).fetchall()
    assert dict(sources) == {str(service.session - 1): "undl", str(service.session): "unxml"}


def nothing_happens(service: Service) -> None:
    """The session is published."""
    service.review("unxml", service.session, 10)
    service.serve(5)
    assert service.refresh(5) == 0
    assert service.run(6, "status")[0] == 0


# What happens in a year, and how many causes people have been told of by its end, begun and over.
STORY: list[tuple[Callable[[Service], None], tuple[int, int]]] = [
    (nobody_has_reviewed_the_session, (1, 1)),
    (a_file_is_broken_and_comes_back, (2, 2)),
    (a_refresh_is_killed, (2, 2)),
    (a_source_loses_a_column, (3, 2)),
    (the_source_comes_back_under_another_name, (3, 3)),
    (the_disk_is_full, (4, 4)),
    (the_secretariat_is_gone, (4, 4)),
    (two_sessions_come_at_once, (4, 4)),
    (the_official_file_is_dropped_late, (5, 4)),
    (nothing_happens, (5, 5)),
]


@pytest.mark.parametrize("place", range(min(YEARS, len(STORY))))
def test_a_year_ends_in_the_state_that_is_promised(service: Service, place: int):
    happens, told = STORY[place]
    service.year = 2025 + place
    happens(service)
    if happens is not the_secretariat_is_gone:
        published_the_session_of(service)
    assert service.told() == told, [one["text"] for one in service.hook.said]


@pytest.mark.skipif(
    len(STORY) > YEARS, reason="UNGA_YEARS is less than 10: only the first years ran"
)
def test_people_did_nothing_but_review(service: Service):
    assert all(done.endswith("reviewed") for done in service.by_hand)
    kept = sorted(path.name for path in service.warehouse.iterdir())
    assert [name for name in kept if name.startswith(".")] == []
    assert len(list((service.warehouse / "kept").glob("*.duckdb"))) == 3
    for source in ("undl", "unxml", "voeten"):
        assert len(list((service.warehouse / "landing" / source).glob("*/release.json"))) <= 3

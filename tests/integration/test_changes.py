"""Two published files compared, those of before kept and put back, and what a publication tells.

Belongs here: planted differences, and the commands `diff` and `rollback`. Not here: kills, full
disks and readers meanwhile (faults/).
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result
from warehouses import fingerprint, unga

from orchestration.cli.app import app
from orchestration.layout import Layout
from orchestration.published.changes import compare, in_words, losses
from orchestration.published.estimates import _copy
from orchestration.published.kept import kept_files, newer_kept, put_back, replace_and_keep


def change(file: Path, *statements: str) -> None:
    with duckdb.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)


def rows(file: Path, sql: str) -> list[tuple]:
    with duckdb.connect(file, read_only=True) as connection:
        return connection.sql(sql).fetchall()


@pytest.fixture
def files(built_sample: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Two copies of the sample, the second to be changed."""
    published = built_sample / "sample/unga.duckdb"
    return tuple(shutil.copy(published, tmp_path / f"{name}.duckdb") for name in ("old", "new"))


def told(old: Path, new: Path) -> dict[str, list[str]]:
    """Every row of every kind, in words."""
    return {
        change.what: [in_words(row) for row in change.rows]
        for change in compare(old, new, shown=None)
    }


PLANTED = {
    "votes changed": (
        "update marts.fct_votes set vote = 'never' where (roll_call_id, state) = ('{a}', 'KAZ')",
        ["{a}, KAZ, {source}: vote {vote} → never"],
    ),
    "votes removed": (
        "delete from marts.fct_votes where (roll_call_id, state) = ('{a}', 'KAZ')",
        ["{a}, KAZ, {vote}, {source}"],
    ),
    "votes added": (
        "insert into marts.fct_votes (roll_call_id, state, vote) values ('{a}', 'XYZ', 'yes')",
        ["{a}, XYZ, yes, {source}"],
    ),
    "roll calls changed": (
        "update marts.dim_roll_calls set committee = 'Ninth', draft = null "
        "where roll_call_id = '{a}'",
        ["{a}, {day}, {source}: committee {committee} → Ninth; draft {draft} → nothing"],
    ),
    "roll calls added": (
        "insert into marts.dim_roll_calls (roll_call_id, vote_date, source) "
        "values ('R', '2020-02-02', 'undl')",
        ["R, 2020-02-02, undl"],
    ),
    "roll calls removed": (
        "delete from marts.dim_roll_calls where roll_call_id = 'A/1'",
        None,
    ),
    "member states changed": (
        "update marts.dim_member_states set member_to = '2030-01-01' where state = 'KAZ'",
        ["KAZ, 1992-03-02, Kazakhstan: member_to nothing → 2030-01-01"],
    ),
    "topics changed": (
        "update marts.dim_topics set name = 'All of it' where (scheme, topic) = ('study', 'all')",
        None,
    ),
    "topics of roll calls removed": (
        "delete from marts.bridge_roll_call_topics "
        "where (roll_call_id, scheme, topic) = ('{a}', 'study', 'all')",
        ["{a}, study, all"],
    ),
    "source files changed": (
        "update raw.releases set sha256 = 'other' where source = 'voeten'",
        None,
    ),
    "columns added": (
        "alter table marts.dim_groups add column colour varchar",
        ["marts.dim_groups, colour, VARCHAR"],
    ),
    "columns removed": (
        "alter table marts.dim_groups drop column name",
        ["marts.dim_groups, name, VARCHAR"],
    ),
    "columns changed": (
        "alter table marts.fct_votes alter column year type bigint",
        ["marts.fct_votes, year: type INTEGER → BIGINT"],
    ),
    "tables added": ("create table marts.extra as select 1 as one", ["marts.extra"]),
    "tables removed": ("drop table seeds.known_gaps", ["seeds.known_gaps"]),
    "other tables changed": ("delete from marts.key_votes", None),
}
# A column that is gone leaves other rows.
ALSO = {"columns removed": "other tables changed"}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_difference_is_told_and_nothing_else(files, what):
    statement, words = PLANTED[what]
    ((a, day, source, committee, draft, vote),) = rows(
        files[0],
        "select roll_call_id, vote_date, source, coalesce(committee, 'nothing'), draft, vote "
        "from marts.dim_roll_calls inner join marts.fct_votes using (roll_call_id) "
        "where state = 'KAZ' and draft is not null and source = 'undl' "
        "order by roll_call_id limit 1",
    )
    names = {"a": a, "day": day, "source": source, "vote": vote}
    names |= {"committee": committee, "draft": draft}
    if what == "roll calls removed":
        change(files[0], "insert into marts.dim_roll_calls (roll_call_id) values ('A/1')")
    change(files[1], statement.format(**names))
    found = told(*files)
    also = found.pop(ALSO.get(what, ""), [])
    assert list(found) == [what]
    assert also == [] or "dim_groups" in also[0]
    if words:
        assert found[what] == [line.format(**names) for line in words]
    else:
        assert len(found[what]) == 1


def test_measures_that_moved_are_told_from_the_farthest_beyond_the_tolerance(files):
    change(
        files[1],
        "update intermediate.int_pair_counts set yn = yn + 40 where (state_a, state_b) = "
        "('CHN', 'KAZ')",
    )
    (moved,) = compare(*files)
    assert moved.what == "pair measures moved"
    assert moved.rows[0]["state"], moved.rows[0]["partner"] == ("CHN", "KAZ")

    def by(row: dict) -> float:
        (part,) = row["changed"]
        return abs(float(part["after"]) - float(part["before"]))

    distances = [by(row) for row in moved.rows]
    assert distances == sorted(distances, reverse=True)
    assert compare(*files, tolerance=1) == []


def test_nothing_that_belongs_to_a_run_is_told(files):
    change(
        files[1],
        "update marts.publication set run_id = 'other', published_at = published_at + to_days(1)",
        "delete from marts.checks_log",
        "insert into marts.changes values ('votes changed', 1, 'one')",
        "update marts.freshness set built_at = built_at + to_days(1), run_id = 'other'",
        "update raw.releases set landed_at = landed_at + to_days(1), url = 'elsewhere'",
    )
    assert compare(*files) == []
    assert compare(files[0], files[0]) == []


def test_a_file_of_an_older_version_is_compared_as_far_as_it_goes(files):
    for table in ("marts.changes", "seeds.assembly_sessions", "marts.bridge_roll_call_topics"):
        change(files[0], f"drop table {table}")
    assert told(*files) == {
        "tables added": ["marts.bridge_roll_call_topics", "seeds.assembly_sessions"]
    }
    assert losses(*files) == []


def test_only_a_loss_in_a_closed_session_counts(files):
    of = "where roll_call_id in (select roll_call_id from marts.dim_roll_calls where session = "
    ((before,),) = rows(
        files[0], f"select count(*) from marts.fct_votes {of}'70') and vote <> 'absent'"
    )
    change(files[1], f"delete from marts.fct_votes {of}'70') and state = 'KAZ'")
    (loss,) = losses(*files)
    assert loss.session == "70"
    assert f"session 70 had {before:,} votes and has" in str(loss)
    assert losses(*files, share=0.5) == []
    assert losses(files[1], files[0]) == []
    # A later session has votes: it is closed, whatever the seed says.
    of_session = "update seeds.assembly_sessions set closed = null where session = "
    change(files[1], f"{of_session}'70'")
    assert [loss.session for loss in losses(*files)] == ["70"]
    shutil.copy(files[0], files[1])
    newest = "max(try_cast(session as integer))::varchar from marts.dim_roll_calls"
    ((last,),) = rows(files[0], f"select {newest}")
    change(files[1], f"delete from marts.fct_votes {of}'{last}') and state = 'KAZ'")
    assert [loss.session for loss in losses(*files)] == [last]
    change(files[1], f"{of_session}'{last}'")
    assert losses(*files) == []


@pytest.fixture
def warehouse(built_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A warehouse in which three builds of the sample were published as real votes."""
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    layout = Layout(tmp_path)
    for day, run in enumerate(("aaa", "bbb", "ccc"), start=1):
        publish(layout, built_sample, run, day)
    return layout


def publish(layout: Layout, built_sample: Path, run: str, day: int) -> None:
    build = layout.build_file(run, synthetic=False)
    build.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(built_sample / "sample/unga.duckdb", build)
    change(
        build,
        f"update marts.publication set run_id = '{run}', published_at = '2026-01-0{day}'",
        f"update marts.dim_topics set name = '{run}' where (scheme, topic) = ('study', 'all')",
    )
    replace_and_keep(layout, False, build)
    shutil.rmtree(build.parent)


def kept(layout: Layout) -> list[str]:
    return [file.run_id for file in kept_files(layout, synthetic=False)]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_as_many_files_are_kept_as_asked(warehouse, built_sample, monkeypatch):
    assert kept(warehouse) == ["bbb", "aaa"]
    assert len(list(warehouse.kept(False).iterdir())) == 2
    for day, run_id in enumerate(("ddd", "eee"), start=4):
        publish(warehouse, built_sample, run_id, day)
    assert kept(warehouse) == ["ddd", "ccc", "bbb"]
    monkeypatch.setenv("UNGA_KEEP", "1")
    publish(warehouse, built_sample, "fff", 6)
    assert kept(warehouse) == ["eee"]
    monkeypatch.setenv("UNGA_KEEP", "0")
    publish(warehouse, built_sample, "ggg", 7)
    assert kept(warehouse) == []
    monkeypatch.setenv("UNGA_KEEP", "many")
    before = fingerprint(warehouse.published(False))
    with pytest.raises(ValueError, match="UNGA_KEEP=many: give the number"):
        publish(warehouse, built_sample, "hhh", 8)
    assert fingerprint(warehouse.published(False)) == before


@pytest.mark.parametrize("links", [True, False])
def test_a_kept_file_is_put_back_and_the_one_it_replaces_kept(warehouse, monkeypatch, links):
    if not links:

        def refused(*_: object) -> None:
            raise PermissionError

        monkeypatch.setattr("os.link", refused)
    published = warehouse.published(False)
    newest = fingerprint(published)
    assert newer_kept(warehouse, False) is None
    assert kept(warehouse) == ["bbb", "aaa"]
    done = run("rollback")
    assert done.exit_code == 0, done.output
    assert "put back    run bbb, published 2026-01-02" in done.output
    assert "to return   unga rollback ccc" in done.output
    assert rows(published, "select run_id from marts.publication") == [("bbb",)]
    assert kept(warehouse) == ["ccc", "aaa"]
    (line,) = json.loads(run("status", "--json").output)["needs_a_person"][:1]
    assert line.startswith("an older build was put back: `unga rollback ccc` returns to that of")
    assert run("rollback", "aaa").exit_code == 0
    assert kept(warehouse) == ["ccc", "bbb"]
    assert run("rollback", "cc").exit_code == 0
    assert fingerprint(published) == newest
    assert kept(warehouse) == ["bbb", "aaa"]
    assert not list(warehouse.kept(False).glob(".*"))
    assert "put back" not in run("status", "--json").output


def test_a_refresh_after_it_says_that_an_older_build_was_put_back(warehouse, built_sample):
    put_back(warehouse, False)
    # It serves what the file was built from.
    mirror = shutil.copytree(built_sample / "sample/mirror", warehouse.folder / "mirror")
    done = unga(warehouse.folder, "refresh", mirror=str(mirror))
    assert done.returncode == 0, done.stdout
    assert "an older build was put back: `unga rollback ccc` returns" in done.stdout
    assert "No updates" in done.stdout


def test_what_cant_be_put_back_is_said_and_the_published_file_stays(warehouse, monkeypatch):
    before = fingerprint(warehouse.published(False))
    none = run("rollback", "zzz")
    assert none.exit_code == 1
    assert "No kept file is of run zzz. Kept are:\n  run bbb, published 2026-01-02" in none.output
    (newest, *_) = kept_files(warehouse, False)
    newest.file.write_bytes(b"damaged")
    damaged = run("rollback")
    assert damaged.exit_code == 1
    assert str(newest.file) in damaged.output
    shutil.rmtree(warehouse.kept(False))
    assert "No published file of before is kept" in run("rollback").output
    assert fingerprint(warehouse.published(False)) == before


def test_a_file_kept_by_a_run_that_was_killed_is_not_taken_for_one_of_before(warehouse):
    """Killed after keeping the published file, before replacing it: the two are one file."""
    published = warehouse.published(False)
    (warehouse.kept(False) / "2026-01-03T000000-ccc.duckdb").hardlink_to(published)
    assert kept(warehouse) == ["bbb", "aaa"]
    assert put_back(warehouse, False)[0].run_id == "bbb"
    assert kept(warehouse) == ["ccc", "aaa"]


def test_of_a_build_with_new_estimates_one_file_is_kept(warehouse):
    for _ in range(2):
        with _copy(warehouse, False) as build:
            change(build, "create or replace table marts.estimated as select now() as at")
            replace_and_keep(warehouse, False, build)
    assert kept(warehouse) == ["ccc", "bbb", "aaa"]
    with_estimates = fingerprint(warehouse.published(False))
    assert newer_kept(warehouse, False) is None
    assert run("rollback").exit_code == 0
    assert run("rollback").exit_code == 0
    assert fingerprint(warehouse.published(False)) == with_estimates
    assert kept(warehouse) == ["ccc", "bbb", "aaa"]


def test_files_are_named_by_path_or_run_and_written_in_three_formats(warehouse, tmp_path):
    differ = run("diff")
    assert differ.exit_code == 3
    assert "1  topics changed" in differ.output
    assert "study, all: name bbb → ccc" in differ.output
    assert "name aaa → bbb" in run("diff", "aaa", "bbb").output
    path = str(kept_files(warehouse, False)[0].file)
    assert "name bbb → ccc" in run("diff", path).output
    said = json.loads(run("diff", "aaa", "--format", "json").output)
    assert [said[name]["run_id"] for name in ("old", "new")] == ["aaa", "ccc"]
    (topic,) = said["changes"]
    assert (topic["what"], topic["count"]) == ("topics changed", 1)
    assert topic["rows"][0]["changed"] == [{"column": "name", "before": "aaa", "after": "ccc"}]
    page = run("diff", "--format", "md").output
    assert page.startswith("# What run ccc")
    assert "| topics changed | 1 |" in page
    same = run("diff", str(warehouse.published(False)), str(warehouse.published(False)))
    assert (same.exit_code, "Nothing differs." in same.output) == (0, True)
    unknown = run("diff", "no such file")
    assert (unknown.exit_code, "No kept file is of run no such file" in unknown.output) == (1, True)


def test_all_rows_are_listed_if_asked(warehouse):
    change(warehouse.published(False), "delete from marts.fct_votes where state = 'KAZ'")
    short, long = run("diff"), run("diff", "--all")
    assert "more: --all" in short.output
    assert len(short.output.splitlines()) <= 24
    ((votes,),) = rows(
        kept_files(warehouse, False)[0].file,
        "select count(*) from marts.fct_votes where state = 'KAZ'",
    )
    assert long.output.count(", KAZ, ") == votes


@dataclass(frozen=True)
class Story:
    """A build that loses votes of a closed session: refused, then published as accepted."""

    warehouse: Path
    before: str
    refused: str
    after_refusal: str
    status: tuple[int, str]
    accepted: str

    @property
    def published(self) -> Path:
        return self.warehouse / "sample/unga.duckdb"


@pytest.fixture(scope="module")
def story(built_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    warehouse = tmp_path_factory.mktemp("loss") / "warehouse"
    shutil.copytree(built_sample, warehouse)
    published = warehouse / "sample/unga.duckdb"
    # More votes than the sources have: the next build loses them.
    change(
        published,
        "insert into marts.fct_votes by name select * replace ('X' || state as state) "
        "from marts.fct_votes semi join "
        "(from marts.dim_roll_calls where session = '71') using (roll_call_id)",
        "update marts.dim_topics set name = 'Everything' where (scheme, topic) = ('study', 'all')",
    )
    before = fingerprint(published)
    refused = unga(warehouse, "sample")
    assert refused.returncode == 1, refused.stdout
    after_refusal = fingerprint(published)
    status = unga(warehouse, "status", "--sample")
    accepted = unga(warehouse, "sample", "--accept-loss")
    assert accepted.returncode == 0, accepted.stdout
    return Story(
        warehouse,
        before,
        refused.stdout,
        after_refusal,
        (status.returncode, status.stdout),
        accepted.stdout,
    )


@pytest.mark.long
def test_a_build_that_loses_votes_of_a_closed_session_is_refused_and_says_what_to_do(story):
    assert story.after_refusal == story.before
    assert "Not published: closed sessions would lose more than 1% of their votes." in story.refused
    assert "session 71 had " in story.refused
    assert "unga sample --accept-loss" in story.refused
    assert f"unga diff {story.published} " in story.refused
    code, said = story.status
    assert code == 5
    assert said.startswith("last build refused")
    assert "refused: marts.fct_votes: keeps closed sessions (comparison) session 71 had" in said


@pytest.mark.long
def test_a_loss_that_is_accepted_is_published_and_told(story):
    assert "Accepted: closed sessions lose votes." in story.accepted
    assert rows(
        story.published,
        "select passed, severity from marts.checks_log where kind = 'comparison'",
    ) == [(False, "warn")]
    (kept,) = (story.warehouse / "sample/kept").glob("*.duckdb")
    assert fingerprint(kept) == story.before


@pytest.mark.long
def test_a_publication_tells_what_it_changed_in_the_file_and_on_a_page(story):
    found = dict(rows(story.published, "select what, count from marts.changes"))
    assert found.keys() == {"votes removed", "topics changed"}
    ((example,),) = rows(
        story.published, "select example from marts.changes where what = 'topics changed'"
    )
    assert example.startswith("study, all: name Everything → ")
    (page,) = (story.warehouse / "sample/changes").glob("*.md")
    ((run_id,),) = rows(story.published, "select run_id from marts.publication")
    assert page.stem.endswith(run_id)
    text = page.read_text(encoding="utf-8")
    assert "| topics changed | 1 |" in text
    assert example in text
    assert f"what changed    {page}" in story.accepted
    assert "1 topics changed" in story.accepted


def test_a_first_build_changes_nothing(first_sample):
    published = first_sample / "sample/unga.duckdb"
    assert rows(published, "select * from marts.changes") == []
    assert rows(published, "select name from start_here where name = 'marts.changes'")
    comments = rows(published, "select comment from duckdb_columns() where table_name = 'changes'")
    assert all(words for (words,) in comments)
    assert not (first_sample / "sample/kept").exists()

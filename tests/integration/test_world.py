"""The files as the sources serve them: the result of a new user's first refresh, and the next.

Belongs here: whole refreshes of the rehearsal, with servers that behave as the real ones do, and
faults planted in what they serve. Not here: single files and answers (tests/unit/sources).
"""

import gzip
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest
from served import Sources, served_sources
from warehouses import dbt, fingerprint, unga

from expectations.results import SuiteResult
from expectations.runner import run_suite
from orchestration.sources import SOURCES, Origin, parsed_files

pytestmark = [pytest.mark.mirror, pytest.mark.real_refresh]

POWERS = ("CHN", "RUS", "TUR", "DEU", "USA")
OFFICIAL = "2026_02_06_ga_voting"
# Models that report faults, with everything upstream; no pairs and no topics.
JUDGED = [
    "+doubts",
    "+fct_votes",
    "+key_votes",
    "+source_agreement",
    "source_differences",
    "coverage",
]
SUITES = ["completeness", "dim_roll_calls", "doubts", "fct_votes", "key_votes", "source_agreement"]


@pytest.fixture(scope="module")
def servers(
    rehearsal: Path, mirror: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sources]:
    """The Dataverse and the raw files of the Secretariat, as they answer."""
    with served_sources(mirror, rehearsal, tmp_path_factory.mktemp("servers")) as sources:
        yield sources


def refresh(warehouse: Path, servers: Sources) -> subprocess.CompletedProcess[str]:
    """`unga refresh` on the open internet, which is these servers."""
    return unga(warehouse, "refresh", **servers.environment)


def fetched(servers: Sources) -> list[str]:
    """The data files requested from the Dataverse."""
    return [path for path in servers.asked if path.startswith("/storage/")]


@pytest.fixture(scope="module")
def first_run(servers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse after a new user's first refresh."""
    warehouse = tmp_path_factory.mktemp("world")
    made = refresh(warehouse, servers)
    assert made.returncode == 0, made.stdout + made.stderr
    assert fetched(servers) == ["/storage/10295576"], "the newest version with votes, once"
    return warehouse


@pytest.fixture(scope="module")
def with_official(first_run: Path, servers, rehearsal: Path, tmp_path_factory) -> Path:
    """The same warehouse after the official file was dropped in, and one more refresh."""
    warehouse = tmp_path_factory.mktemp("official") / "warehouse"
    shutil.copytree(first_run, warehouse)
    dropped = warehouse / "landing" / "undl"
    dropped.mkdir(exist_ok=True)
    with (
        gzip.open(rehearsal / "undl" / f"{OFFICIAL}.csv.gz") as packed,
        (dropped / f"{OFFICIAL}.csv").open("wb") as plain,
    ):
        shutil.copyfileobj(packed, plain)
    made = refresh(warehouse, servers)
    assert made.returncode == 0, made.stdout + made.stderr
    assert len(fetched(servers)) == 1, "what is landed is not fetched again"
    return warehouse


def test_the_official_file_packed_is_the_same_votes(with_official: Path, servers, rehearsal: Path):
    before = fingerprint(with_official / "unga.duckdb")
    packed = f"{OFFICIAL}.csv.gz"
    shutil.copyfile(rehearsal / "undl" / packed, with_official / "landing" / "undl" / packed)
    made = refresh(with_official, servers)
    assert made.returncode == 0, made.stdout + made.stderr
    assert f"undl    unchanged: {packed}" in made.stdout
    assert fingerprint(with_official / "unga.duckdb") == before
    assert not (with_official / "landing" / "undl" / packed).exists()


def rows(file: Path, sql: str) -> list[tuple]:
    with duckdb.connect(file, read_only=True) as connection:
        return connection.sql(sql).fetchall()


def test_the_first_run_brings_every_year(first_run):
    file = first_run / "unga.duckdb"
    ((first, last, years),) = rows(
        file, "select min(year), max(year), count(distinct year) from marts.dim_roll_calls"
    )
    assert (first, last, years) == (1946, 2026, 80)  # nobody voted in 1964
    assert rows(file, "select distinct release from raw.releases where source = 'voeten'") == [
        ("v33",)
    ]


def test_the_version_before_is_enough_where_the_newest_is_withheld(first_run, servers, tmp_path):
    servers.withheld.add("10295576")
    try:
        landed = SOURCES["voeten"].land(tmp_path, Origin(dataverse_url=servers.url))
    finally:
        servers.withheld.clear()
    assert [file.name.split()[0] for file in landed.not_in_reach] == ["v33"]
    assert landed.release and landed.release.name == "v32"
    file = tmp_path / "unga.duckdb"
    shutil.copy(first_run / file.name, file)
    found = judged(
        file,
        *(
            f"delete from raw.{table}; insert into raw.{table} by name from '{parsed}'"
            for table, parsed in parsed_files(
                SOURCES["voeten"], tmp_path, landed.release
            ).tables.items()
        ),
        "update raw.releases set release = 'v32' where source = 'voeten'",
        "update raw.repairs set release = 'v32' where source = 'voeten'",
    )
    assert {table: of.failures for table, of in found.items() if not of.passed} == {}
    years = "select count(distinct year), max(year) from marts.dim_roll_calls"
    assert rows(file, years) == [(80, 2026)]
    used = "select distinct release from marts.dim_roll_calls where source = 'voeten'"
    assert rows(file, used) == [("v32",)]
    last = "select max(vote_date) from raw.voeten_roll_calls"
    assert rows(file, last) == [(date(2023, 9, 1),)]


def test_no_paragraph_and_no_amendment_stands_among_resolutions(first_run, built_mirror):
    marked = rows(
        built_mirror / "unga.duckdb",
        "select roll_call, session from raw.voeten_roll_calls where amend or para",
    )
    kinds = dict(
        rows(
            first_run / "unga.duckdb",
            "select voeten_key, kind from staging.stg_voeten__roll_calls",
        )
    )
    # Up to session 39 the marks mean that the abstract has the letters AMEND or PARA anywhere.
    whole = {session for key, session in marked if kinds[key] == "resolution"}
    assert max(whole) < 40
    assert len(marked) == 1_145


def test_what_is_marked_for_a_word_in_its_abstract_is_told_by_its_object(first_run):
    kinds = dict(
        rows(
            first_run / "unga.duckdb",
            "select voeten_key, kind from staging.stg_voeten__roll_calls",
        )
    )
    of = {
        "127": "resolution",  # the Universal Declaration
        "329": "resolution",  # a draft "as amended"
        "2547": "resolution",  # "preparation" has the letters PARA
        "1272": "resolution",  # amends the Charter
        "1187": "amendment",
        "1253": "paragraph",
        "790": "paragraph",  # a preamble that is not marked
        "531": "motion",  # for a divided vote on paragraphs
        "5684": "motion",
        "5692": "motion",
        "2489": "decision",
        "672": "not_adopted",
    }
    assert {key: kinds[key] for key in of} == of


@pytest.mark.parametrize("warehouse", ["first_run", "with_official"])
def test_no_resolution_stands_twice(warehouse, request):
    file = request.getfixturevalue(warehouse) / "unga.duckdb"
    doubled = """
        select symbol from marts.dim_roll_calls where kind = 'resolution' and symbol is not null
        group by symbol having count(*) > 1
    """
    assert rows(file, doubled) == []
    told_twice = """
        select source, source_key from intermediate.int_roll_call_ids
        group by all having count(*) > 1
    """
    assert rows(file, told_twice) == []


def test_resolutions_are_those_of_the_mirror(with_official, first_run, built_mirror):
    count = "select kind, count(*) from marts.dim_roll_calls group by kind"
    mirrored = dict(rows(built_mirror / "unga.duckdb", count))
    world = dict(rows(first_run / "unga.duckdb", count))
    # A/RES/ES-10/23, without symbol and title in v33, is in no source of the mirror.
    assert world == mirrored | {"resolution": mirrored["resolution"] + 1}
    # The stand-in of the official file was made of the mirror's votes by Voeten's marks and days
    # of that time: of four it can't be known that they are the same votes.
    official = dict(rows(with_official / "unga.duckdb", count))
    assert sum(official.values()) == sum(world.values()) + 4
    # It lacks the resolutions marked as parts because of a word in their abstract.
    found = rows(
        with_official / "unga.duckdb",
        """
        select roll_call_id, kind_told_by
        from marts.dim_roll_calls
        inner join intermediate.int_roll_calls using (roll_call_id)
        inner join staging.stg_voeten__roll_calls using (voeten_key)
        where dim_roll_calls.kind = 'resolution' and dim_roll_calls.source = 'voeten'
        """,
    )
    told = {"words against the mark", "a person looked it up"}
    assert {key for key, by in found if by not in told} == {"A/RES/ES-10/23", "voeten:961"}


def test_sources_are_compared_on_every_roll_call_that_two_have(with_official):
    file = with_official / "unga.duckdb"
    ((compared, votes, different),) = rows(
        file,
        "select count(*), sum(votes_compared), sum(votes_different) from marts.source_agreement",
    )
    assert compared > 5_500
    assert votes > 830_000
    assert different == 6
    matched = dict(
        rows(
            file,
            """
            select matched_by, count(*) from marts.dim_roll_calls
            where source = 'undl' and sources like '%voeten%' group by all
            """,
        )
    )
    assert matched.keys() == {"symbol", "votes", "votes, among near twins"}
    # Where votes alone tell, the stand-in's title, which is Voeten's own, says whether it is right.
    wrong = """
        select undl.title, voeten.title
        from intermediate.int_roll_call_matches as matches
        inner join intermediate.int_source_roll_calls as voeten using (source, source_key)
        inner join intermediate.int_source_roll_calls as undl
            on matches.other_source = undl.source and matches.other_key = undl.source_key
        where
            not starts_with(
                regexp_replace(undl.title, '\\W', '', 'g'),
                regexp_replace(voeten.title, '\\W', '', 'g')
            )
            -- Which of several records of one vote is which makes no difference.
            and coalesce(voeten.symbol not in (
                select symbol from marts.dim_roll_calls where kind = 'duplicate'
            ), true)
    """
    assert rows(file, wrong) == []


def test_topic_codes_reach_the_early_sessions(with_official):
    coded = """
        select count(distinct roll_call_id) from marts.bridge_roll_call_topics
        inner join marts.dim_roll_calls using (roll_call_id)
        where scheme = 'voeten' and topic not in ('all', 'none') and source = 'undl' and year < 1963
    """
    ((found,),) = rows(with_official / "unga.duckdb", coded)
    assert found > 100


def test_figures_of_the_study_change_by_new_roll_calls_only(with_official, first_run, built_mirror):
    measures = f"""
        select year, partner, n, agreement_strict, agreement_half, opposed
        from marts.cohesion_by_pair_year_topic
        where state = 'KAZ' and partner in {POWERS} and scheme = 'study' and topic = 'all'
    """
    opposition = """
        select power_a, power_b, year, sense, n, with_a, with_b, neither, absent
        from marts.opposition
        where focus = 'KAZ' and scheme = 'study' and topic = 'all'
    """
    by_year = """
        select year, coalesce(voeten_key, roll_calls.roll_call_id)
        from marts.dim_roll_calls as roll_calls
        inner join intermediate.int_roll_calls using (roll_call_id, year)
        where roll_calls.kind = 'resolution' and year >= 1992
    """
    before = built_mirror / "unga.duckdb"
    # A/RES/ES-10/23 is new.
    roll_calls = {(2024, "9409")}
    for warehouse in (first_run, with_official):
        file = warehouse / "unga.duckdb"
        known = {key for _, key in rows(before, by_year)}
        keys = {(year, key) for year, key in rows(file, by_year) if key.isdecimal()}
        assert {(year, key) for year, key in keys if key not in known} >= roll_calls
        years = {year for year, _ in roll_calls}
        for sql, at in ((measures, 0), (opposition, 2)):
            now = {row for row in rows(file, sql) if row[at] not in years}
            assert now == {row for row in rows(before, sql) if row[at] not in years}


def test_coverage_is_told_against_the_count_of_the_library(first_run):
    ((counted, found),) = rows(
        first_run / "unga.duckdb",
        "select sum(counted_by_library), sum(found + duplicates) from marts.coverage "
        "where year between 2007 and 2022",
    )
    assert (counted, found) == (1_319, 1_264)
    ((there,),) = rows(
        first_run / "unga.duckdb", "select sum(counted_by_library - missing) from marts.coverage"
    )
    assert there == 5_550
    told = dict(
        rows(
            first_run / "unga.duckdb",
            "select year, coalesce(reason, '') from marts.coverage",
        )
    )
    # The kinds of the early votes make these years as many as the Library counts.
    assert {told[year] for year in (1955, 1957, 1960)} == {""}
    assert "A/RES/66/283" in told[2012] and "1 not known by name" in told[2012]
    assert "2018-01-01 to 2018-09-17" in told[2018]
    assert "12 not known by name" in told[2006]
    assert not [year for year, reason in told.items() if "not among the known gaps" in reason]
    ((years, too_many),) = rows(
        first_run / "unga.duckdb",
        "select count(*), sum(too_many) from marts.coverage where too_many > 0",
    )
    assert (years, too_many) == (2, 2)


# One fault per rule, each in a different roll call, as a source would have them.
UNDL = "update raw.undl_votes set"
PLANTED = {
    "totals differ": f"{UNDL} total_yes = total_yes + 1 where resolution = 'A/RES/70/40'",
    "vote of a non-member": """
        insert into raw.undl_votes
        select * replace ('SSD' as ms_code, 'SOUTH SUDAN' as ms_name)
        from raw.undl_votes where resolution = 'A/RES/60/60' and ms_code = 'FRA'""",
    "vote of an unseated delegation": f"""
        {UNDL} ms_vote = 'Y' where resolution = 'A/RES/40/64A' and ms_code = 'ZAF'""",
    "day outside its session": f"""
        {UNDL} vote_date = vote_date + interval 400 day where resolution = 'A/RES/65/58'""",
    "symbol of another session": f"{UNDL} session = '66' where resolution = 'A/RES/65/59'",
    "sources differ on a vote": f"""
        {UNDL} ms_vote = if(ms_vote = 'Y', 'N', 'Y')
        where resolution = 'A/RES/67/38' and ms_code = 'BRA'""",
    "sources differ on the day": f"""
        {UNDL} vote_date = vote_date + 3 where resolution = 'A/RES/68/39'""",
    "two votes of a state": """
        insert into raw.undl_votes
        select * replace (if(ms_vote = 'Y', 'N', 'Y') as ms_vote)
        from raw.undl_votes where resolution = 'A/RES/62/36' and ms_code = 'BRA'""",
    "name not known": f"""
        {UNDL} ms_code = 'QQQ', ms_name = 'ATLANTIS'
        where resolution = 'A/RES/63/40' and ms_code = 'BRA';
        {UNDL} ms_code = 'QQQ', ms_name = 'ATLANTIS', ms_vote = 'X'
        where resolution = 'A/RES/63/47' and ms_code = 'BRA' and ms_vote = 'X'""",
    "published total differs": f"""
        {UNDL} ms_vote = 'X' where resolution = 'A/RES/68/262' and ms_code = 'ALB'""",
    "state named twice": """
        insert into raw.undl_votes
        select * replace ('' as ms_code, 'Federative Republic of Brazil' as ms_name)
        from raw.undl_votes where resolution = 'A/RES/62/35' and ms_code = 'BRA'""",
    "state never named": """
        delete from raw.undl_votes where session = '32' and ms_code = 'SYC'""",
    "same vote not for certain": """
        insert into raw.voeten_roll_calls
        select * replace ('999999' as roll_call, 999999 as rcid, 'TO ADOPT ANOTHER.' as descr)
        from raw.voeten_roll_calls where roll_call = '252';
        insert into raw.voeten_votes
        select * replace ('999999' as roll_call) from raw.voeten_votes where roll_call = '252'""",
    "fewer roll calls than reviewed": """
        delete from raw.voeten_votes where roll_call in (
            select min(roll_call) from raw.voeten_roll_calls where session = 41);
        delete from raw.voeten_roll_calls where roll_call in (
            select min(roll_call) from raw.voeten_roll_calls where session = 41)""",
    "more roll calls than reviewed": """
        insert into raw.voeten_roll_calls
        select * replace ('999998' as roll_call, 999998 as rcid, null as unres, null as descr)
        from raw.voeten_roll_calls where session = 44 limit 1;
        insert into raw.voeten_votes
        select * replace ('999998' as roll_call, if(vote = 1, 3, vote) as vote)
        from raw.voeten_votes where roll_call in (
            select min(roll_call) from raw.voeten_roll_calls where session = 44)""",
    "totals one vote off": f"""
        {UNDL} ms_vote = 'X' where resolution = 'A/RES/68/40' and ms_code = 'NOR'""",
}


@pytest.fixture
def changed(with_official: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the build, to plant faults in its raw tables."""
    file = tmp_path / "unga.duckdb"
    shutil.copy(with_official / file.name, file)
    yield file
    file.unlink()


def judged(file: Path, *statements: str) -> dict[str, SuiteResult]:
    """Plant faults, rebuild the models that report faults, and run their suites."""
    with duckdb.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    built = dbt(file, "run", "--select", *JUDGED, target=file.parent / "target")
    assert built.returncode == 0, built.stdout + built.stderr
    with duckdb.connect(file) as connection:
        return {table: run_suite(connection, table) for table in SUITES}


def told(file: Path) -> dict[str, int]:
    return dict(rows(file, "select rule, count(*) from marts.doubts group by rule"))


def test_a_fault_of_a_source_is_told_and_contained(changed):
    before = told(changed)
    found = judged(changed, *PLANTED.values())
    assert {table: result.failures for table, result in found.items() if not result.passed} == {}
    now = told(changed)
    assert {rule for rule in PLANTED if now.get(rule, 0) <= before.get(rule, 0)} == set()
    marked = rows(changed, "select doubts from marts.dim_roll_calls where symbol = 'A/RES/70/40'")
    assert marked[0][0] > 0


# The same by the hundred, each rule in a different session.
BY_THE_HUNDRED = {
    "totals differ": f"{UNDL} total_yes = total_yes + 1 where session = '70'",
    "vote of a non-member": """
        insert into raw.undl_votes
        select * replace ('SSD' as ms_code, 'SOUTH SUDAN' as ms_name)
        from raw.undl_votes where session = '60' and ms_code = 'FRA'""",
    "vote of an unseated delegation": f"""
        {UNDL} ms_vote = 'Y' where session = '40' and ms_code = 'ZAF'""",
    "day outside its session": f"""
        {UNDL} vote_date = vote_date + interval 400 day where session = '65'""",
    "symbol of another session": f"""
        {UNDL} session = '65' where session = '66'""",
    "sources differ on a vote": f"""
        {UNDL} ms_vote = if(ms_vote = 'Y', 'N', 'Y') where session = '67' and ms_code = 'BRA'""",
    "two votes of a state": """
        insert into raw.undl_votes
        select * replace (if(ms_vote = 'Y', 'N', 'Y') as ms_vote)
        from raw.undl_votes where session = '62' and ms_code = 'BRA'""",
    "name not known": f"""
        {UNDL} ms_code = 'QQQ', ms_name = 'ATLANTIS' where session = '63' and ms_code = 'BRA'""",
    "state never named": """
        delete from raw.undl_votes where session = '58' and ms_code < 'C'""",
    "fewer roll calls than reviewed": """
        delete from raw.voeten_votes where roll_call in (
            select roll_call from raw.voeten_roll_calls where session = 41 and rcid % 3 = 0);
        delete from raw.voeten_roll_calls where session = 41 and rcid % 3 = 0""",
}


def test_a_systematic_fault_blocks(changed):
    found = judged(changed, *BY_THE_HUNDRED.values())
    said = "\n".join(failure.detail for failure in found["doubts"].failures)
    with duckdb.connect(changed, read_only=True) as connection:
        sql = (Path(__file__).parents[2] / "expectations" / "suites" / "doubts.sql").read_text()
        beyond = {
            row[0]
            for row in connection.sql(sql)
            .filter("more_than_may_be is not null")
            .select("rule")
            .fetchall()
        }
    assert set(BY_THE_HUNDRED) - beyond == set(), said


def test_a_roll_call_that_is_lost_in_staging_blocks(changed):
    with duckdb.connect(changed) as connection:
        keys = (
            "select source_key from intermediate.int_source_roll_calls "
            "where source = 'undl' and symbol = 'A/RES/63/41'"
        )
        ((key,),) = connection.sql(keys).fetchall()
        for table in ("int_source_votes", "int_roll_call_ids", "int_source_roll_calls"):
            connection.execute(
                f"delete from intermediate.{table} where source = 'undl' and source_key = '{key}'"
            )
        (failure,) = run_suite(connection, "completeness").failures
    assert f"undl {key} has" in failure.detail


def test_a_key_vote_is_not_excused_by_another_gap_of_its_session(changed):
    with duckdb.connect(changed) as connection:
        connection.execute("delete from marts.key_votes where symbol like 'A/RES/ES-11/%'")
        lost = run_suite(connection, "key_votes")
        assert "A/RES/ES-11/1" in lost.failures[0].detail
        for table in ("dim_roll_calls", "fct_votes"):
            connection.execute(f"delete from marts.{table} where roll_call_id like 'A/RES/ES-11/%'")
        assert "A/RES/ES-11/1" in run_suite(connection, "key_votes").failures[0].detail


def test_a_release_that_is_cut_off_is_held_to_what_it_reaches(changed):
    found = judged(
        changed,
        "delete from raw.voeten_votes where roll_call in ("
        "select roll_call from raw.voeten_roll_calls where vote_date >= '2020-12-01')",
        "delete from raw.voeten_roll_calls where vote_date >= '2020-12-01'",
        "delete from raw.undl_votes where vote_date >= '2025-01-01'",
    )
    assert found["completeness"].failures == []
    cut = rows(
        changed,
        "select source, session from marts.completeness where status = 'cut short' order by all",
    )
    assert cut == [("undl", "79"), ("undl", "80"), ("voeten", "75")]
    # Only what another source has counts as missing from the truncated release.
    ((found_in_2025, of_undl),) = rows(
        changed, "select found, found_undl from marts.coverage where year = 2025"
    )
    assert (found_in_2025 > 150, of_undl) == (True, 0)

"""The topics of the real votes: how well codes are carried forward, how few votes are left over.

Belongs here: what only the real titles, codes and subjects can show. Not here: single rules, the
order of evidence; and the reading of the sources for the warehouse: DuckDB gives the topic models
what they build on as the files have it.
"""

import io

import duckdb
import pytest
from rich.console import Console
from warehouses import dbt

from orchestration.published.topics_evaluation import topics_evaluation

SELECTED = (
    "topics topic_rules topic_gold_sample topic_series_exceptions int_roll_call_titles "
    "int_topics__* int_roll_call_topics dim_topics bridge_roll_call_topics topics_evaluation "
    "topics_measured topic_opinions"
)
pytestmark = pytest.mark.mirror

INPUTS = """
create schema intermediate;
create schema marts;

create table voeten as
select distinct on (rcid) rcid, session::varchar as session, year, date, amend, para, short, descr,
    regexp_replace(unres, '^R/', 'A/RES/') as symbol, me, nu, di, hr, co, ec
from read_csv('{mirror}/dataverse/UNVotes.csv.gz', sample_size = -1);

create table unxml as
select distinct on (symbol) *, regexp_extract(filename, '([^/]+)\\.json$', 1) as in_session
from read_json('{mirror}/unxml/*.json', union_by_name = true, filename = true,
    maximum_object_size = 100000000)
where adoption_type = 'By a recorded vote';

create table intermediate.int_roll_calls as
with coded as (
    select *, case when amend = 1 then 'amendment' when para = 1 then 'paragraph'
        when row_number() over (partition by symbol, amend, para order by rcid) > 1
            and symbol is not null then 'paragraph'
        else 'resolution' end as kind
    from voeten
)
select
    coalesce(unxml.symbol, if(kind = 'resolution', coded.symbol, null), 'voeten:' || rcid)
        as roll_call_id,
    coalesce(unxml.symbol, coded.symbol) as symbol,
    coalesce(coded.session, in_session) as session,
    coalesce(coded.year,
        regexp_extract(replace(adoption_date, chr(160), ' '), '(19|20)\\d\\d')::integer) as year,
    coalesce(kind, 'resolution') as kind,
    coalesce(title, descr, short) as title,
    nullif(short, 'NA') as short_title,
    agenda_item_name as agenda_item,
    committee,
    rcid
from coded
full join unxml on coded.symbol = unxml.symbol and kind = 'resolution';

create table intermediate.int_roll_call_codes as
select roll_call_id, me = 1 as me, nu = 1 as nu, di = 1 as di, hr = 1 as hr, co = 1 as co,
    ec = 1 as ec
from intermediate.int_roll_calls inner join voeten using (rcid);

create table intermediate.int_roll_call_subjects as
select distinct symbol as roll_call_id, upper(trim(subject[1])) as subject
from (select symbol, unnest(subjects) as subject from unxml)
where subject[2] = 'UNBIS Thesaurus';

create table marts.dim_roll_calls as
select roll_call_id, symbol, year, kind from intermediate.int_roll_calls;
"""


# What the detector of faults reads, from a newer release of Voeten's file.
CODED = """
create schema intermediate;

create table voeten as
select distinct on (rcid) * from read_csv('{file}', sample_size = -1, nullstr = 'NA');

create table intermediate.int_roll_calls as
select rcid::varchar as roll_call_id, unres as symbol, session::varchar as session,
    extract(year from date::date) as year, 'resolution' as kind, coalesce(descr, short) as title,
    short as short_title, null::varchar as agenda_item, null::varchar as committee
from voeten;

create table intermediate.int_roll_call_codes as
select rcid::varchar as roll_call_id, me = 1 as me, nu = 1 as nu, di = 1 as di, hr = 1 as hr,
    co = 1 as co, ec = 1 as ec
from voeten;
"""


@pytest.fixture(scope="module")
def database(mirror, tmp_path_factory):
    folder = tmp_path_factory.mktemp("topics")
    file = folder / "unga.duckdb"
    with duckdb.connect(file) as con:
        con.execute(INPUTS.replace("{mirror}", str(mirror)))
    done = dbt(
        file,
        "build",
        "--exclude-resource-types",
        "unit_test",
        "--select",
        *SELECTED.split(),
        target=folder / "target",
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    return file


@pytest.fixture
def db(database):
    con = duckdb.connect(database, read_only=True)
    yield con
    con.close()


def measured(db, holdout_to, compared_with="trusted codes"):
    rows = db.execute(
        "select code, precision, recall from marts.topics_evaluation "
        "where holdout_to = ? and compared_with = ?",
        [holdout_to, compared_with],
    ).fetchall()
    return {code: (precision, recall) for code, precision, recall in rows}


def test_codes_carried_into_the_last_years_of_the_old_practice(db):
    """2016 to 2018 hidden: every code but arms control reaches 0.95 and 0.90."""
    found = measured(db, 2018)
    assert set(found) == {"me", "nu", "di", "hr", "co", "ec"}
    for code, (precision, recall) in found.items():
        assert precision >= (0.90 if code == "di" else 0.95), code
        assert recall >= 0.90, code


def test_codes_carried_into_the_newest_three_years(db):
    """2018 to 2020 hidden: what can reach the targets does; hr and di were given more sparingly."""
    found = measured(db, 2020)
    for code, (precision, recall) in found.items():
        assert precision >= (0.65 if code in ("di", "hr") else 0.95), code
        assert recall >= 0.90, code
    assert "co" not in found, "no session of these years has trusted codes for colonialism"


def test_the_faults_of_the_last_sessions_are_found_and_no_others(db):
    sessions = db.execute(
        "select code, session, count(*) from intermediate.int_topics__codes "
        "inner join intermediate.int_roll_calls using (roll_call_id) "
        "where not is_trusted group by all order by all"
    ).fetchall()
    assert sessions == [
        ("co", "73", 95),
        ("co", "74", 91),
        ("co", "75", 96),
        ("ec", "74", 91),
        ("ec", "75", 96),
    ]


def test_a_newer_release_repeats_the_fault_and_older_sessions_have_none(rehearsal, tmp_path):
    file = tmp_path / "unga.duckdb"
    with duckdb.connect(file) as con:
        con.execute(CODED.replace("{file}", str(rehearsal / "dataverse" / "UNVotes.csv.gz")))
    selected = ["--select", "int_roll_call_titles", "int_topics__code_faults"]
    done = dbt(file, "run", *selected, target=tmp_path / "target")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    with duckdb.connect(file) as con:
        faults = con.execute(
            "select session, code from intermediate.int_topics__code_faults order by all"
        ).fetchall()
    assert faults == [
        ("73", "co"),
        *((str(session), code) for session in (74, 75, 76, 77) for code in ("co", "ec")),
    ]


def test_no_series_wavers(database):
    done = dbt(
        database,
        "test",
        "--select",
        "topic_series_do_not_waver",
        target=database.parent / "target",
    )
    assert "WARN 0" in done.stdout or "WARN=0" in done.stdout, done.stdout[-3000:]


def test_the_second_opinion_is_mostly_right_of_what_readers_coded(db):
    """At 0.5, on resolutions that the model has not seen; the rules, which decide, do better."""
    rightly, given, coded = db.execute(
        """
        with coded as (
            select roll_call_id, string_split(topics, ';') as topics
            from seeds.topic_gold_sample
            where half = 'open'
        )

        select
            count(*) filter (model_probability >= 0.5 and list_contains(topics, topic)),
            count(*) filter (model_probability >= 0.5),
            count(*) filter (list_contains(topics, topic))
        from marts.topic_opinions
        inner join coded using (roll_call_id)
        """
    ).fetchone()
    assert coded > 500
    assert rightly / given > 0.85
    assert rightly / coded > 0.75


def test_rules_and_second_opinion_contradict_each_other_seldom(db):
    resolutions, decisions, contradicted = db.execute(
        """
        select count(distinct roll_call_id), count(*), count(*) filter (difference > 0.5)
        from marts.topic_opinions
        """
    ).fetchone()
    assert decisions == 10 * resolutions
    assert 0 < contradicted / decisions < 0.03


def test_a_topic_that_is_seconded_is_more_certain(db):
    certainty = dict(
        db.execute(
            """
            select is_seconded, certainty from intermediate.int_topics__certainty
            where scheme = 'study' and evidence_class = 'title rule' and is_seconded is not null
            """
        ).fetchall()
    )
    assert certainty[True] > certainty[False]


def test_under_five_percent_of_resolutions_since_2007_are_left_over(db):
    (share,) = db.execute(
        """
        select count(*) filter (topic = 'other') / count(*) filter (topic = 'all')
        from marts.bridge_roll_call_topics
        inner join marts.dim_roll_calls using (roll_call_id)
        where scheme = 'study' and kind = 'resolution' and year >= 2007
        """
    ).fetchone()
    assert share < 0.01


def test_few_resolutions_of_any_decade_are_left_over(db):
    shares = db.execute(
        """
        select year // 10 * 10, count(*) filter (topic = 'other') / count(*) filter (topic = 'all')
        from marts.bridge_roll_call_topics
        inner join marts.dim_roll_calls using (roll_call_id)
        where scheme = 'study' and kind = 'resolution'
        group by 1
        """
    ).fetchall()
    assert {decade: share for decade, share in shares if share >= 0.06} == {}


@pytest.mark.parametrize(
    ("symbol", "topics"),
    [
        ("A/RES/68/262", {"armed_conflicts"}),
        ("A/RES/ES-11/1", {"armed_conflicts"}),
        ("A/RES/74/7", {"development"}),
        ("A/RES/74/45", {"disarmament"}),
        ("A/RES/74/14", {"middle_east"}),
        ("A/RES/74/168", {"armed_conflicts", "human_rights"}),
        ("A/RES/74/112", {"decolonisation"}),
        ("A/RES/74/251", {"administration_budget"}),
    ],
)
def test_well_known_resolutions(db, symbol, topics):
    found = db.execute(
        "select topic from marts.bridge_roll_call_topics "
        "where scheme = 'study' and topic <> 'all' and roll_call_id = ?",
        [symbol],
    ).fetchall()
    assert {topic for (topic,) in found} == topics


def test_every_study_topic_is_voted_on_and_years_without_it_have_no_row(db):
    (topics,) = db.execute(
        "select count(distinct topic) from marts.bridge_roll_call_topics where scheme = 'study'"
    ).fetchone()
    assert topics == 12
    (years,) = db.execute(
        """
        select count(distinct year) from marts.bridge_roll_call_topics
        inner join marts.dim_roll_calls using (roll_call_id)
        where scheme = 'study' and topic = 'environment'
        """
    ).fetchone()
    assert years < 75


def test_the_command_shows_codes_and_what_is_left_over(database):
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(topics_evaluation(database))
    shown = console.export_text()
    assert "2018 to 2020" in shown
    assert "0.976" in shown
    assert "1980" in shown

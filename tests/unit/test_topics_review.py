"""What `unga topics-review` lists of a published file, and in which order.

Belongs here: the list and its words. Not here: the opinions (test_topic_opinions.py).
"""

import json

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from orchestration.published.query import QueryError
from orchestration.published.topics_review import as_text, least_certain


@pytest.fixture
def published(tmp_path):
    file = tmp_path / "unga.duckdb"
    with duckdb.connect(file) as con:
        con.execute(
            """
            create schema marts;
            create schema seeds;
            create table seeds.topic_gold_sample as
            select * from (values ('A/RES/5', 'closed'), ('A/RES/2', 'open'))
                as sample (roll_call_id, half);
            create table marts.dim_topics as
            select 'study' as scheme,
                unnest(['all', 'disarmament', 'environment', 'other']) as topic;
            create table marts.dim_roll_calls as
            select * from (values
                ('A/RES/1', 'A/RES/1', 2001, 'Missiles', 'Missiles'),
                ('A/RES/2', 'A/RES/2', 2002, 'Missiles', 'Missiles'),
                ('A/RES/3', 'A/RES/3', 2003, 'Climate', 'Climate'),
                ('voeten:4', null, 1947, 'Peace', 'TO ADOPT'),
                ('A/RES/5', 'A/RES/5', 2005, 'Closed', 'Closed')
            ) as roll_calls (roll_call_id, symbol, year, clean_title, title);
            create table marts.bridge_roll_call_topics as
            select * from (values
                ('A/RES/1', 'study', 'all'), ('A/RES/1', 'study', 'disarmament'),
                ('A/RES/2', 'study', 'disarmament'), ('A/RES/2', 'voeten', 'di'),
                ('A/RES/3', 'study', 'environment'), ('voeten:4', 'study', 'other'),
                ('A/RES/5', 'study', 'disarmament')
            ) as topics (roll_call_id, scheme, topic);
            create table marts.topic_opinions as
            select * replace (model_probability::double as model_probability),
                abs(is_assigned::integer - model_probability::double) as difference
            from (values
                ('A/RES/1', 'disarmament', true, 0.25), ('A/RES/1', 'environment', false, 0.125),
                ('A/RES/2', 'disarmament', true, 0.125), ('A/RES/2', 'environment', false, 0.5),
                ('A/RES/3', 'disarmament', false, 0.0), ('A/RES/3', 'environment', true, 0.75),
                ('voeten:4', 'disarmament', false, 0.375), ('voeten:4', 'environment', false, 0.0),
                ('A/RES/5', 'disarmament', true, 0.0)
            ) as opinions (roll_call_id, topic, is_assigned, model_probability);
            """
        )
    return file


def listed(rows):
    return [row["roll_call_id"] for row in rows]


def test_the_farthest_apart_comes_first_and_stands_for_its_title(published):
    rows = least_certain(published)
    assert listed(rows) == ["A/RES/2", "voeten:4", "A/RES/3"], "none of the closed sample"
    assert rows[0] == {
        "roll_call_id": "A/RES/2",
        "symbol": "A/RES/2",
        "year": 2002,
        "title": "Missiles",
        "difference": 0.875,
        "rules": ["disarmament"],
        "model": [
            {"topic": "environment", "probability": 0.5},
            {"topic": "disarmament", "probability": 0.125},
        ],
    }
    assert (rows[1]["rules"], rows[1]["model"]) == (["other"], [])
    assert listed(least_certain(published, limit=1)) == ["A/RES/2"]


def test_one_topic_has_an_order_of_its_own(published):
    rows = least_certain(published, "environment")
    assert [(row["roll_call_id"], row["difference"]) for row in rows] == [
        ("A/RES/2", 0.5),
        ("A/RES/3", 0.25),
        ("voeten:4", 0.0),
    ]


def test_an_unknown_topic_is_refused_with_those_there_are(published):
    with pytest.raises(QueryError, match="No such topic: peace. Topics: disarmament, environment"):
        least_certain(published, "peace")


def test_a_file_older_than_the_opinions_says_so(published):
    with duckdb.connect(published) as con:
        con.execute("drop table marts.topic_opinions")
    with pytest.raises(QueryError, match="older than the second opinions"):
        least_certain(published)


def test_a_resolution_takes_three_lines(published):
    assert as_text(least_certain(published)[1:2]).splitlines() == [
        "voeten:4 (1947) Peace",
        "    rules           other",
        "    second opinion  none",
    ]


def test_the_command_prints_the_list(published, monkeypatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(published.parent))
    shown = CliRunner().invoke(app, ["topics-review", "--limit", "2", "--json"])
    assert listed(json.loads(shown.stdout)) == ["A/RES/2", "voeten:4"]
    with duckdb.connect(published) as con:
        con.execute("delete from marts.topic_opinions")
    shown = CliRunner().invoke(app, ["topics-review"])
    assert (shown.exit_code, "no second opinion" in shown.stdout) == (0, True)

"""What `unga topics-evaluation` shows of a published file, and says where nothing was measured.

Belongs here: the two tables of the module. Not here: the measures themselves (the topic models).
"""

import io

import duckdb
import pytest
from rich.console import Console

from orchestration.published.query import QueryError
from orchestration.published.topics_evaluation import topics_evaluation


@pytest.fixture
def published(tmp_path):
    file = tmp_path / "unga.duckdb"
    with duckdb.connect(file) as con:
        con.execute(
            """
            create schema marts;
            create table marts.topics_evaluation as
            select * from (values
                (2001, 2003, 'all codes', 'nu', 40, 10, 10, 9, 0.9::double, 0.9::double),
                (2004, 2006, 'all codes', 'nu', 40, 10, 0, 0, null, 0.0)
            ) as measured (hidden_from, holdout_to, compared_with, code, roll_calls, with_code,
                assigned, rightly_assigned, precision, recall);
            create table marts.dim_roll_calls as
            select i::varchar as roll_call_id, 1990 + i * 10 as year, 'resolution' as kind
            from range(2) as numbers (i);
            create table marts.bridge_roll_call_topics as
            select * from (values
                ('0', 'study', 'all'), ('0', 'study', 'other'),
                ('1', 'study', 'all'), ('1', 'study', 'disarmament'), ('1', 'voeten', 'none')
            ) as topics (roll_call_id, scheme, topic);
            create table marts.topics_measured as
            select 'study' as scheme, *, date '2026-11-28' as measured_on from (values
                ('disarmament', 'all years', 30, 31, 0.96, 0.9, 0.99, 0.89, 0.8, 0.95),
                ('disarmament', '1990s', 3, 3, 1.0, 0.5, 1.0, 0.5, 0.2, 0.9),
                ('other', 'all years', 0, 1, null, null, null, 0.0, 0.0, 0.7)
            ) as measured (topic, period, assigned, coded, precision, precision_low,
                precision_high, recall, recall_low, recall_high);
            """
        )
    return file


def shown(tables, markup=False):
    console = Console(width=160, record=True, file=io.StringIO(), force_terminal=True)
    console.print(tables)
    return console.export_text(styles=markup)


def test_the_newest_years_are_shown_unless_others_are_named(published):
    assert "2004 to 2006" in shown(topics_evaluation(published))
    assert "2001 to 2003" in shown(topics_evaluation(published, 2003))


def test_a_figure_that_misses_its_aim_is_red_and_an_unknown_one_a_dash(published):
    red = "\x1b[31m"
    missed = shown(topics_evaluation(published, 2003), markup=True)
    assert f"{red}0.900" in missed, "precision of 0.9 misses 0.95"
    assert missed.count(red) == 1 + 3, "recall of 0.9 reaches 0.90; three of the study's do not"
    assert " - " in shown(topics_evaluation(published, 2006))


def test_how_right_topics_are_has_intervals_and_decades(published):
    lines = [
        line.replace("│", " ").split() for line in shown(topics_evaluation(published)).splitlines()
    ]
    interval = ["0.960", "(0.90", "to", "0.99)", "0.890", "(0.80", "to", "0.95)"]
    assert ["disarmament", "30", "31", *interval] in lines
    assert ["disarmament", "1.00", "0.50"] in lines
    assert ["other", "0", "1", "-", "0.000", "(0.00", "to", "0.70)"] in lines


def test_a_file_without_a_measured_sample_has_the_other_tables(published):
    with duckdb.connect(published) as con:
        con.execute("drop table marts.topics_measured")
    assert "gold sample" not in shown(topics_evaluation(published))
    assert "2004 to 2006" in shown(topics_evaluation(published))


def test_shares_left_over_by_decade(published):
    lines = shown(topics_evaluation(published)).splitlines()
    cells = [line.replace("│", " ").split() for line in lines]
    assert ["1990", "1", "1", "100.0%"] in cells
    assert ["2000", "1", "0", "0.0%"] in cells


def test_years_that_were_not_measured_are_named_with_those_that_were(published):
    with pytest.raises(QueryError, match="2010.*2003, 2006"):
        topics_evaluation(published, 2010)


def test_a_file_without_measures_says_what_it_takes(published):
    with duckdb.connect(published) as con:
        con.execute("delete from marts.topics_evaluation")
    with pytest.raises(QueryError, match="30 coded roll calls"):
        topics_evaluation(published)

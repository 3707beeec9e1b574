"""How right the topics of the real votes are: the gold sample, the page's figures, and certainty.

Belongs here: what a file built from the mirror says of its topics. Not here: the sample by itself
(unit/test_topic_gold_sample.py), the assigning of topics (test_topics_mirror.py).
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from pages import script

from orchestration.published.query import open_published

pytestmark = pytest.mark.mirror

PAGE = Path(__file__).parents[2] / "docs/topics.md"


@pytest.fixture(scope="module")
def votes(built_mirror: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(built_mirror / "unga.duckdb") as connection:
        yield connection


def test_the_whole_gold_sample_is_in_the_file(votes):
    lost = votes.sql(
        "select roll_call_id from seeds.topic_gold_sample anti join "
        "(select roll_call_id from marts.dim_roll_calls where kind = 'resolution') "
        "using (roll_call_id)"
    ).fetchall()
    assert lost == []


def test_the_page_has_the_figures_of_every_topic(votes):
    page = PAGE.read_text(encoding="utf-8")
    measured = votes.sql(
        "select topic, precision, precision_low, precision_high, recall, recall_low, recall_high "
        "from marts.topics_measured where scheme = 'study' and period = 'all years'"
    ).fetchall()
    assert len(measured) == 11
    for topic, *figures in measured:
        cells = []
        for share, low, high in (figures[:3], figures[3:]):
            shown = f"{share:.3f}" if share >= 0.9 else f"**{share:.3f}**"
            cells.append(f"{shown} ({low:.2f} to {high:.2f})")
        assert f"| {topic} | {cells[0]} | {cells[1]} |" in page, topic


def test_the_page_has_the_figures_of_the_second_opinion(votes):
    page = PAGE.read_text(encoding="utf-8")
    measured = votes.sql(
        """
        with coded as (
            select
                roll_call_id,
                population / count(*) over (partition by decade, stratum) as weight,
                string_split(topics, ';') as topics
            from seeds.topic_gold_sample
            where half = 'open'
        )

        select
            topic,
            sum(weight) filter (model_probability >= 0.5) as given,
            sum(weight) filter (list_contains(topics, topic)) as coded,
            sum(weight) filter (model_probability >= 0.5 and list_contains(topics, topic))
                as rightly
        from marts.topic_opinions inner join coded using (roll_call_id)
        group by topic
        """
    ).fetchall()
    assert len(measured) == 10
    for topic, given, coded, rightly in measured:
        assert f"| {topic} | {rightly / given:.2f} | {rightly / coded:.2f} |" in page, topic


def test_topics_have_what_was_measured_of_them(votes):
    assert (
        votes.sql(
            "select topic from marts.dim_topics where scheme = 'study' and topic <> 'all' "
            "and (precision is null or recall is null or measured_on is null)"
        ).fetchall()
        == []
    )


def test_a_sample_of_six_hundred_can_be_drawn_again(votes):
    drawing = script("draw_topic_sample")
    sample = drawing.drawn(votes.sql(drawing.RESOLUTIONS).pl())
    assert len(sample) <= drawing.SIZE
    assert sample["roll_call_id"].n_unique() == len(sample)


def test_the_second_sample_is_of_other_resolutions(votes):
    drawing = script("draw_topic_sample")
    resolutions = votes.sql(drawing.RESOLUTIONS).pl()
    first = pl.read_csv(drawing.SAMPLE).filter(half="open")
    second = drawing.drawn_again(resolutions, first)
    assert 400 < len(second) < 600
    assert not set(second["roll_call_id"]) & set(first["roll_call_id"])


@pytest.mark.parametrize("topic", ["human_rights", "disarmament", "decolonisation", "development"])
def test_certain_roll_calls_alone_hardly_move_the_studys_agreement(votes, topic):
    """By less than 0.02 for each power: the topics in doubt are no other votes than the rest."""
    asked = "marts.cohesion('KAZ', ['CHN', 'RUS', 'TUR', 'DEU', 'USA'], 2007, 2022"
    counted = {}
    for certainty in (0, 0.9):
        rows = votes.sql(
            f"select partner, n, agreement_half from {asked}, in_topic := '{topic}', "
            f"in_certainty := {certainty})"
        ).fetchall()
        counted[certainty] = {partner: (n, agreement) for partner, n, agreement in rows}
    for partner, (n, agreement) in counted[0].items():
        certain, moved = counted[0.9][partner]
        assert 0 < certain <= n
        assert moved == pytest.approx(agreement, abs=0.02), (partner, n, certain)

"""The gold sample of topics: how it was drawn, that its codes exist, how far its two passes agree.

Belongs here: the seed and the script that draws, without a database of votes. Not here: how right
the rules are (tests/integration/test_topics_mirror.py).
"""

import csv
import math
from pathlib import Path

import polars as pl
import pytest
from pages import script

ROOT = Path(__file__).parents[2]
drawing = script("draw_topic_sample")
SAMPLE = pl.read_csv(ROOT / "dbt_project/seeds/topics/topic_gold_sample.csv").with_columns(
    pl.col("first_codes", "second_codes", "codes").fill_null("")
)
with (ROOT / "dbt_project/seeds/topics/topics.csv").open(encoding="utf-8") as listed:
    TOPICS = {"study": [], "voeten": []}
    for row in csv.DictReader(listed):
        if row["scheme"] in TOPICS and row["topic"] not in ("all", "none"):
            TOPICS[row["scheme"]].append(row["topic"])


def kappa(one: list[bool], other: list[bool]) -> float:
    """Cohen's kappa of two codings of the same roll calls."""
    n = len(one)
    agreed = sum(a == b for a, b in zip(one, other, strict=True)) / n
    first, second = sum(one) / n, sum(other) / n
    by_chance = first * second + (1 - first) * (1 - second)
    return (agreed - by_chance) / (1 - by_chance)


def coded(column: str, topic: str) -> list[bool]:
    return [topic in cell.split(";") for cell in SAMPLE[column]]


def test_kappa_of_a_table_worked_by_hand():
    one, other = [True] * 25 + [False] * 25, [True] * 20 + [False] * 20 + [True] * 10
    assert kappa(one, other) == pytest.approx(0.4)
    assert kappa(one, one) == 1


def test_the_open_half_is_the_first_draw_and_the_closed_one_the_second():
    """As many of each stratum as the second draw takes; no resolution is in both."""
    halves = {half[0]: rows for half, rows in SAMPLE.group_by("half")}
    assert len(halves["open"]) == 600
    for half, rows in halves.items():
        strata = rows.group_by("decade", "stratum").agg(pl.len(), pl.col("population").unique())
        for decade, stratum, drawn, populations in strata.iter_rows():
            (population,) = populations
            assert drawn <= population
            if half == "closed":
                least = max(drawing.AT_LEAST, math.ceil(population / drawing.ONE_IN))
                assert drawn == min(population, least), (decade, stratum)
    assert SAMPLE["roll_call_id"].n_unique() == len(SAMPLE)


def resolutions(**sizes: int) -> pl.DataFrame:
    """That many resolutions of each stratum, in one decade."""
    return pl.DataFrame(
        [
            {"roll_call_id": f"{stratum}{number}", "decade": 1990, "stratum": stratum}
            for stratum, size in sizes.items()
            for number in range(size)
        ]
    )


def test_a_draw_takes_the_first_places_of_every_stratum():
    rows = resolutions(other=40, disarmament=30, environment=3)
    sample = drawing.drawn(rows)
    sizes = dict(sample.group_by("stratum").len().iter_rows())
    assert sizes == {"other": 12, "disarmament": 7, "environment": 3}
    assert set(sample.filter(pl.col("stratum") == "environment")["population"]) == {3}
    assert set(sample["half"]) == {"open"}
    assert drawing.drawn(rows.sample(fraction=1, shuffle=True, seed=1)).equals(sample)


def test_the_second_draw_takes_others_at_least_four_and_a_twentieth_of_large_strata():
    rows = resolutions(disarmament=130, environment=9, other=15)
    first = drawing.drawn(rows)
    second = drawing.drawn_again(rows, first)
    assert not set(first["roll_call_id"]) & set(second["roll_call_id"])
    counted = second.group_by("stratum").agg(pl.len(), pl.col("population").first())
    assert {stratum: sizes for stratum, *sizes in counted.iter_rows()} == {
        # 123 and 2 are left by the seven of the first draw, 3 by the twelve.
        "disarmament": [7, 123],
        "environment": [2, 2],
        "other": [3, 3],
    }
    assert set(second["half"]) == {"closed"}
    assert drawing.drawn_again(rows.reverse(), first).equals(second)


def test_every_coding_is_of_known_topics_and_other_stands_alone():
    for who in ("first_topics", "second_topics", "topics"):
        for cell in SAMPLE[who]:
            topics = cell.split(";")
            assert set(topics) <= set(TOPICS["study"])
            assert topics == sorted(set(topics))
            assert topics == ["other"] or "other" not in topics
    for who in ("first_codes", "second_codes", "codes"):
        for cell in SAMPLE[who]:
            assert set(filter(None, cell.split(";"))) <= set(TOPICS["voeten"])


def test_a_reason_stands_where_the_passes_differ_and_nowhere_else():
    for row in SAMPLE.iter_rows(named=True):
        first = (row["first_topics"], row["first_codes"])
        second = (row["second_topics"], row["second_codes"])
        assert (first != second) == bool(row["reason"]), row["roll_call_id"]
        if first == second:
            assert (row["topics"], row["codes"]) == first, row["roll_call_id"]
    first = SAMPLE.filter(half="open")
    assert first["reason"].is_not_null().sum() == 23


@pytest.mark.parametrize(
    ("scheme", "columns"),
    [
        ("study", ("first_topics", "second_topics")),
        ("voeten", ("first_codes", "second_codes")),
    ],
)
def test_the_page_has_the_kappa_of_every_topic(scheme, columns):
    page = (ROOT / "docs/topics.md").read_text(encoding="utf-8")
    for topic in TOPICS[scheme]:
        found = kappa(coded(columns[0], topic), coded(columns[1], topic))
        assert f"| {topic} | {found:.3f} |" in page, (topic, round(found, 3))

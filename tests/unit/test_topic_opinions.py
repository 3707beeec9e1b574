"""The second opinion on topics, on invented resolutions whose words are their topics.

Belongs here: the model in dbt_project/kernel by itself. Not here: how right it is on the real votes
(tests/integration/test_topics_mirror.py).
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "dbt_project" / "kernel"))
import topic_opinions  # noqa: E402
from topic_opinions import Resolution, opinions  # noqa: E402

TOPICS = ["arms", "trade"]
WORDS = {"arms": "WEAPON TREATY", "trade": "TARIFF TREATY"}


def resolution(number: int, topic: str, read: bool, **changes) -> Resolution:
    """One of a title of its own, coded by a reader or only by rules, with noise in its words."""
    text = f"{WORDS[topic]} {'REPORT' if number % 3 else 'QUESTION'}"
    said = {"coded" if read else "ruled": frozenset([topic])}
    return replace(Resolution(f"R{number:03}", f"T{number}", text, **said), **changes)


@pytest.fixture(scope="module")
def resolutions() -> list[Resolution]:
    """300 of two topics in turn, every second pair coded."""
    return [resolution(n, TOPICS[n % 2], read=n % 4 < 2) for n in range(300)]


def probabilities(resolutions) -> dict[tuple[str, str], float]:
    rows = opinions(resolutions, TOPICS).to_pylist()
    found = {(row["roll_call_id"], row["topic"]): row["model_probability"] for row in rows}
    assert len(found) == len(rows)
    return found


def test_a_resolution_has_the_topic_of_its_words(resolutions):
    found = probabilities(resolutions)
    assert len(found) == 600
    for (roll_call_id, topic), probability in found.items():
        assert 0 <= probability <= 1
        assert (probability > 0.9) == (TOPICS[int(roll_call_id[1:]) % 2] == topic)


def test_a_resolution_of_which_nothing_is_known_is_judged_too(resolutions):
    unknown = Resolution("X", "unknown", "WEAPON QUESTION")
    found = probabilities([*resolutions, unknown])
    assert found["X", "arms"] > 0.9 > 0.1 > found["X", "trade"]


def test_no_opinion_without_coded_resolutions(resolutions):
    few = [one for one in resolutions if one.coded is None]
    few += [one for one in resolutions if one.coded][: topic_opinions.LEAST_CODED - 1]
    assert opinions(few, TOPICS).num_rows == 0
    assert opinions(few, TOPICS).schema == topic_opinions.OPINIONS


def test_a_topic_that_nobody_was_given_has_no_opinion(resolutions):
    assert set(opinions(resolutions, [*TOPICS, "law"])["topic"].to_pylist()) == set(TOPICS)


def test_nothing_is_judged_by_what_was_said_of_its_own_title(resolutions):
    """Twenty of one title, all coded the wrong way: their words still count, not their codes."""
    wrong = [
        resolution(n, "arms", read=True, item="same", coded=frozenset(["trade"]))
        for n in range(300, 320)
    ]
    found = probabilities([*resolutions, *wrong])
    assert all(found[one.roll_call_id, "arms"] > found[one.roll_call_id, "trade"] for one in wrong)


def test_a_reader_outweighs_as_many_rules(resolutions):
    """WOOL is coded as arms by readers and assigned to trade by as many rules."""
    disputed = [
        Resolution(f"W{n}", f"W{n}", "WOOL", **{said: frozenset([topic])})
        for n in range(30)
        for said, topic in ([("coded", "arms")] if n % 2 else [("ruled", "trade")])
    ]
    found = probabilities([*resolutions, *disputed])
    assert np.mean([found[one.roll_call_id, "arms"] for one in disputed]) > 0.5


def test_probabilities_are_calibrated_on_what_readers_coded(resolutions):
    """Words that say nothing: of the coded a quarter have the topic, and so it is that probable."""
    vague = [
        Resolution(f"R{n:03}", f"T{n}", "REPORT", coded=frozenset([] if n % 4 else ["arms"]))
        for n in range(400)
    ]
    found = opinions(vague, ["arms"])["model_probability"].to_numpy()
    assert found.mean() == pytest.approx(0.25, abs=0.02)


def test_the_order_of_the_resolutions_is_no_matter(resolutions):
    assert opinions(resolutions[::-1], TOPICS).equals(opinions(resolutions, TOPICS))

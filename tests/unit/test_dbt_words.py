"""dbt's tests in words.

Belongs here: the sentence of each kind of test. Not here: that each test of the project has one
(integration/test_definitions.py).
"""

from typing import Any

import pytest

from orchestration.assets.dbt_words import BLOCKS, TELLS, check_in_words


def generic(kind: str, where: str | None = None, **said: Any) -> dict[str, Any]:
    return {
        "name": f"{kind}_of_a_table",
        "description": "",
        "config": {"severity": "ERROR", "where": where},
        "test_metadata": {"name": kind, "kwargs": said},
    }


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (
            generic(
                "valid_rows",
                unique=[["id"], ["state", "year"]],
                never_null=["state", "name"],
                accepted_values={"vote": ["yes", "no"]},
                always_true=["opened < closed"],
            ),
            "No two rows share id. No two rows share state, year. Never null: state, name. "
            "Every vote, unless null, is one of: `yes`, `no`. "
            "True in every row: `opened < closed`.",
        ),
        (
            generic("unique_combination", columns=["state_a", "state_b"], where="year is not null"),
            "No two rows share state_a, state_b. Only for rows where year is not null.",
        ),
        (
            generic("accepted_values", column_name="vote", values=["yes", "no, in part"]),
            "Every vote, unless null, is one of: `yes`, `no, in part`.",
        ),
        (
            generic("relationships", column_name="holds_of", to="ref('states')", field="state"),
            "Every holds_of, unless null, is found in states as state.",
        ),
        (
            generic("expression_is_true", expression="seated_from\n  < seated_to"),
            "True in every row: `seated_from < seated_to`.",
        ),
        (
            generic("columns_are", columns={"id": "INTEGER", "vote": "VARCHAR"}),
            "These are its columns: id INTEGER, vote VARCHAR.",
        ),
    ],
)
def test_a_generic_test_is_a_sentence(test: dict[str, Any], words: str):
    assert check_in_words(test) == f"{words} {BLOCKS}"


def test_a_description_of_its_own_goes_first_and_a_warning_blocks_nothing():
    test = {"description": "As many rows as votes.", "config": {"severity": "warn"}}
    assert check_in_words(test) == f"As many rows as votes. {TELLS}"


def test_a_kind_without_a_sentence_is_named():
    with pytest.raises(KeyError, match="no sentence on the generic test never_odd"):
        check_in_words(generic("never_odd"))

"""Answer the questions of docs/questions.md from the published file, and write the answers in.

Belongs here: finding the page's queries, asking them, laying their answers out as tables. Not here:
the questions (the page itself).

Answers about ideal points, which the page marks as estimated, stay as they are if the file has no
current ones.

    python docs/answer_questions.py
"""

import re
from pathlib import Path
from typing import Any

import duckdb

from orchestration.layout import Layout
from orchestration.published.query import open_published

PAGE = Path(__file__).with_name("questions.md")
# A title, words, one query, and the table that answers it. The page marks queries whose answers
# depend on an estimation.
QUESTION = re.compile(
    r"^## (?P<title>.+)\n(?:(?!##|```|<!--).*\n)*(?P<estimated><!-- estimated -->\n)?"
    r"```sql\n(?P<sql>(?:(?!```).*\n)*)```\n"
    r"(?P<answer>(?:\n(?:\|.*\n)+)?)",
    re.MULTILINE,
)


def questions(page: str) -> list[re.Match[str]]:
    """The page's questions, with the groups title, estimated, sql and answer (or nothing yet)."""
    return list(QUESTION.finditer(page))


def has_estimates(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the database has ideal points of all its votes, as they are now."""
    current = "select is_current from marts.ideal_points_run where series = 'all_votes'"
    return connection.sql(current).fetchall() == [(True,)]


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """What the query gives, as a Markdown table; nulls are empty."""
    relation = connection.sql(sql)
    rows = [[_cell(value) for value in row] for row in relation.fetchall()]
    lines = [relation.columns, ["---"] * len(relation.columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def answered(page: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The page with every answer as the database gives it; estimated ones stay if it has none."""
    estimates = has_estimates(connection)
    for question in reversed(questions(page)):
        if question["estimated"] and not estimates:
            continue
        start, end = question.span("answer")
        page = page[:start] + "\n" + answer(connection, question["sql"]) + page[end:]
    return page


def _cell(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split()).replace("|", "\\|")


if __name__ == "__main__":
    with open_published(Layout.from_environment().published(synthetic=False)) as published:
        if not has_estimates(published):
            print("No current ideal points: estimated answers stay (`unga estimate`).")
        PAGE.write_text(answered(PAGE.read_text(encoding="utf-8"), published), encoding="utf-8")

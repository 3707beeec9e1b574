"""How well Voeten's codes are carried forward, and what the study's topics leave over.

Belongs here: reading the two measures of the topics from a published file, and laying them out for
a terminal. Not here: the assigning and the measuring (dbt_project/models), the command (cli/).
"""

from pathlib import Path

from rich.console import Group
from rich.table import Table

from orchestration.published.query import QueryError, rows_of

AIMS = {"precision": 0.95, "recall": 0.90}

_SPANS = """
select hidden_from, holdout_to, compared_with, code, roll_calls, with_code, assigned,
    rightly_assigned, precision, recall
from marts.topics_evaluation
order by holdout_to, compared_with, code
"""

_LEFT_OVER = """
select roll_calls.year // 10 * 10 as decade,
    count(*) filter (topics.topic = 'all') as resolutions,
    count(*) filter (topics.topic = 'other') as left_over
from marts.dim_roll_calls as roll_calls
inner join marts.bridge_roll_call_topics as topics using (roll_call_id)
where roll_calls.kind = 'resolution' and topics.scheme = 'study'
group by decade
order by decade
"""


def topics_evaluation(file: Path, holdout_to: int | None = None) -> Group:
    """Two tables from a published file: precision and recall by code, and the share in `other`.

    `holdout_to` is the last of the three hidden years, by default the newest there is. Figures that
    miss AIMS are red. Raises QueryError if nothing is published or no such years were measured.
    """
    spans = rows_of(file, _SPANS)
    measured = sorted({row["holdout_to"] for row in spans})
    if not measured:
        raise QueryError("Nothing was measured: it takes three years of 30 coded roll calls each.")
    last = measured[-1] if holdout_to is None else holdout_to
    rows = [row for row in spans if row["holdout_to"] == last]
    if not rows:
        raise QueryError(f"No three years to {last} were measured, only those to {measured}.")
    codes = Table(
        title=f"Voeten's codes of {rows[0]['hidden_from']} to {last}, hidden and assigned"
    )
    for column in ("compared with", "code", "resolutions", "with code", "assigned", "rightly"):
        codes.add_column(column)
    for aim, least in AIMS.items():
        codes.add_column(f"{aim} (aim {least:.2f})", justify="right")
    for row in rows:
        counts = ("roll_calls", "with_code", "assigned", "rightly_assigned")
        codes.add_row(
            row["compared_with"],
            row["code"],
            *(str(row[count]) for count in counts),
            *(_against(row[aim], least) for aim, least in AIMS.items()),
        )
    left = Table(title="Resolutions that the study's topics leave in `other`")
    for column in ("decade", "resolutions", "in other", "share"):
        left.add_column(column)
    for row in rows_of(file, _LEFT_OVER):
        share = row["left_over"] / row["resolutions"]
        left.add_row(*(str(cell) for cell in row.values()), f"{share:.1%}")
    return Group(codes, left)


def _against(figure: float | None, least: float) -> str:
    if figure is None:
        return "-"
    return f"{figure:.3f}" if figure >= least else f"[red]{figure:.3f}[/red]"

"""How right the topics are, how well Voeten's codes are carried forward, and what is left over.

Belongs here: reading the measures of the topics from a published file, and laying them out for
a terminal. Not here: the assigning and the measuring (dbt_project/models), the command (cli/).
"""

from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from orchestration.published.query import QueryError, rows_if_there, rows_of
from orchestration.published.status import LEAST_RIGHT

AIMS = {"precision": 0.95, "recall": 0.90}

_MEASURED = """
select topic, period, assigned, coded, precision, precision_low, precision_high,
    recall, recall_low, recall_high, measured_on
from marts.topics_measured
where scheme = 'study'
order by topic = 'other', topic, period
"""

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
    """Tables from a published file: how right topics are, how well codes are carried, what is left.

    The first two, of precision and recall of the study's topics, are left out if the file has
    nothing measured; figures under LEAST_RIGHT are red. `holdout_to` is the last of the three
    hidden years, by default the newest there is. Figures that miss AIMS are red. Raises QueryError
    if nothing is published or no such years were measured.
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
    return Group(
        *_measured(rows_if_there(file, "marts.topics_measured", _MEASURED) or []), codes, left
    )


def _measured(rows: list[dict[str, Any]]) -> list[Table]:
    """Precision and recall of each topic, with their intervals; and both by decade."""
    if not rows:
        return []
    whole = [row for row in rows if row["period"] == "all years"]
    overall = Table(
        title="The study's topics on the closed half of the gold sample, coded on "
        f"{whole[0]['measured_on']}, with 95 % intervals"
    )
    for column in ("topic", "assigned", "coded", "precision", "recall"):
        overall.add_column(column, justify="left" if column == "topic" else "right")
    for row in whole:
        figures = (
            _against(row[name], LEAST_RIGHT) + _interval(row[f"{name}_low"], row[f"{name}_high"])
            for name in ("precision", "recall")
        )
        overall.add_row(row["topic"], str(row["assigned"]), str(row["coded"]), *figures)
    periods = sorted({row["period"] for row in rows} - {"all years"})
    by_decade = Table(title="Precision and recall by decade")
    for column in ("topic", *periods):
        by_decade.add_column(column)
    found = {(row["topic"], row["period"]): row for row in rows}
    for row in whole:
        cells = [found.get((row["topic"], period)) for period in periods]
        by_decade.add_row(
            row["topic"],
            *(
                f"{_against(cell['precision'], LEAST_RIGHT, 2)} "
                f"{_against(cell['recall'], LEAST_RIGHT, 2)}"
                if cell
                else ""
                for cell in cells
            ),
        )
    return [overall, by_decade]


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" ({low:.2f} to {high:.2f})"


def _against(figure: float | None, least: float, digits: int = 3) -> str:
    if figure is None:
        return "-"
    shown = f"{figure:.{digits}f}"
    return shown if figure >= least else f"[red]{shown}[/red]"

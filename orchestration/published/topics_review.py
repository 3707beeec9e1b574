"""Which resolutions' topics are the least certain: those where rules and second opinion differ.

Belongs here: reading the two from a published file, and laying them out for a terminal. Not here:
the opinions themselves (dbt_project/models), the command (cli/).
"""

from pathlib import Path
from typing import Any

from orchestration.published.query import QueryError, rows_if_there, rows_of

_TOPICS = """
select topic from marts.dim_topics
where scheme = 'study' and topic not in ('all', 'other')
order by topic
"""

# Of the resolutions of one title, the one that differs most stands for the others.
_DIFFERING = """
with asked as (
    select roll_call_id, max(difference) as difference
    from marts.topic_opinions
    -- Whoever mends rules must not look at what they are measured on.
    anti join (select roll_call_id from seeds.topic_gold_sample where half = 'closed')
        using (roll_call_id)
    where {of_topic}
    group by roll_call_id
),

given as (
    select roll_call_id, list(topic order by topic) as rules
    from marts.bridge_roll_call_topics
    where scheme = 'study' and topic <> 'all'
    group by roll_call_id
),

seconded as (
    select
        roll_call_id,
        list({{topic: topic, probability: model_probability}}
            order by model_probability desc, topic) as model
    from marts.topic_opinions
    where is_assigned or model_probability >= 0.5
    group by roll_call_id
)

select
    asked.roll_call_id,
    roll_calls.symbol,
    roll_calls.year,
    coalesce(roll_calls.clean_title, roll_calls.title) as title,
    asked.difference,
    given.rules,
    coalesce(seconded.model, []) as model
from asked
inner join marts.dim_roll_calls as roll_calls using (roll_call_id)
inner join given using (roll_call_id)
left join seconded using (roll_call_id)
qualify row_number() over (
    partition by coalesce(roll_calls.clean_title, roll_calls.roll_call_id)
    order by asked.difference desc, roll_calls.year desc, asked.roll_call_id
) = 1
order by asked.difference desc, asked.roll_call_id
limit {limit}
"""


def least_certain(file: Path, topic: str | None = None, limit: int = 20) -> list[dict[str, Any]]:
    """The resolutions where rules and second opinion differ most, at most `limit`, one a title.

    Those of the closed half of the gold sample, on which the rules are measured, are left out.

    Each has roll_call_id, symbol, year, title, difference (0 to 1, of `topic` if it is given, else
    the largest), `rules` (the topics assigned) and `model` (topic and probability of those that
    the rules assign or that have 0.5 or more). Empty if the file has no second opinion. Raises
    QueryError if there is no such topic or no file that has opinions.
    """
    known = [row["topic"] for row in rows_of(file, _TOPICS)]
    if topic is not None and topic not in known:
        raise QueryError(f"No such topic: {topic}. Topics: {', '.join(known)}.")
    of_topic = "true" if topic is None else f"topic = '{topic}'"
    rows = rows_if_there(
        file, "marts.topic_opinions", _DIFFERING.format(of_topic=of_topic, limit=limit)
    )
    if rows is None:
        raise QueryError(f"{file} is older than the second opinions: run `unga refresh`.")
    return rows


def as_text(rows: list[dict[str, Any]]) -> str:
    """The rows of `least_certain` for a terminal, three lines each."""
    return "\n".join(
        f"{row['symbol'] or row['roll_call_id']} ({row['year']}) {row['title']}\n"
        f"    rules           {', '.join(row['rules'])}\n"
        f"    second opinion  {_said(row['model'])}"
        for row in rows
    )


def _said(model: list[dict[str, Any]]) -> str:
    return ", ".join(f"{said['topic']} {said['probability']:.2f}" for said in model) or "none"

"""The reference seeds as tables, for tests.

Belongs here: reading them, and the key of a name as in the warehouse. Not here: any check.
"""

from datetime import date
from pathlib import Path

import duckdb
import jinja2
import polars as pl

DBT = Path(__file__).parents[1] / "dbt_project"
NEVER = date.max


def seed(name: str) -> pl.DataFrame:
    [file] = (DBT / "seeds").rglob(f"{name}.csv")
    return pl.read_csv(file, infer_schema_length=None, try_parse_dates=True)


MEMBERS = seed("member_states")
NAMES = seed("state_names")
CODES = seed("state_codes").with_columns(pl.col("code").cast(pl.String))
SESSIONS = seed("assembly_sessions")
KEPT = seed("kept_from_voting")
FORMER_CODES = seed("former_codes")
SEATED = seed("governments_seated")
MEMBERSHIPS = seed("group_memberships").with_columns(pl.col("left_on").fill_null(NEVER))


def name_key(names: list[str]) -> list[str]:
    """The keys that the dbt macro makes from these names, in the same order."""
    source = (DBT / "macros" / "keys" / "state_name_key.sql").read_text(encoding="utf-8")
    expression = jinja2.Template(source + "{{ state_name_key('name') }}").render().strip()
    given = pl.DataFrame({"name": names})
    # A separate connection: an unread result elsewhere would block the shared one.
    with duckdb.connect() as connection:
        connection.register("given", given.to_arrow())
        keys = connection.sql(f"select {expression} as name_key from given").pl()
    return keys["name_key"].to_list()

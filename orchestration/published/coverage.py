"""How many of the recorded votes that the UN Digital Library counts are in a published file.

Belongs here: the query on marts.coverage and the wording of its answer, shared by status and
report. Not here: counting (the model coverage), or where the answer appears.
"""

from collections.abc import Mapping
from typing import Any

HAS_COVERAGE = """
    select true from information_schema.tables
    where table_schema = 'marts' and table_name = 'coverage'
"""
# Years in which the Library counts a vote.
COUNTED_YEARS = "select year from marts.coverage where counted_by_library > 0 order by year"


def covered(first: int, last: int) -> str:
    """SQL for the votes counted and found in the years from first to last.

    One row of first_year, last_year, counted, found, surplus; none if no year is counted. Votes
    found beyond a year's count are surplus: they don't make up for votes missing in other years.
    Additional records of one vote, which the Library counts, count as found.
    """
    return f"""
        select
            min(year) as first_year,
            max(year) as last_year,
            sum(counted_by_library)::integer as counted,
            sum(counted_by_library - missing)::integer as found,
            sum(too_many)::integer as surplus
        from marts.coverage
        where counted_by_library > 0 and year between {first} and {last}
        having count(*) > 0
    """


def in_words(row: Mapping[str, Any], votes: str = "recorded votes of") -> str:
    """1,264 of 1,319 recorded votes of 2007 to 2022, and 2 others that are not counted there."""
    first, last = row["first_year"], row["last_year"]
    years = f"{first}" if first == last else f"{first} to {last}"
    surplus = f", and {row['surplus']:,} others" if row["surplus"] else ""
    return f"{row['found']:,} of {row['counted']:,} {votes} {years}{surplus}"

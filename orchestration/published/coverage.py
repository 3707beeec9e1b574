"""How many of the recorded votes that the UN Digital Library counts a published file has.

Belongs here: the question to marts.coverage and the words of its answer, the same in status and
report. Not here: counting (the model coverage), or where the answer stands.
"""

from collections.abc import Mapping
from typing import Any

HAS_COVERAGE = """
    select true from information_schema.tables
    where table_schema = 'marts' and table_name = 'coverage'
"""
# Years with a vote by the Library's count.
COUNTED_YEARS = "select year from marts.coverage where counted_by_library > 0 order by year"


def covered(first: int, last: int) -> str:
    """SQL: of the years from first to last that are counted, the votes counted and found.

    One row of first_year, last_year, counted, found, surplus; none where no year is counted. What
    is found beyond the count of a year is surplus: it makes up for no vote missing in another.
    """
    return f"""
        select
            min(year) as first_year,
            max(year) as last_year,
            sum(counted_by_library)::integer as counted,
            sum(least(coalesce(found, 0), counted_by_library))::integer as found,
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

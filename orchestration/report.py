"""What is told about a published file: the table after a refresh, and its status.

Belongs here: reading a published file's facts and laying them out for a terminal. Not here: the
commands (cli.py).
"""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.query import rows_of

SOURCES_USED = """
    select source, release, count(*) as files, sum(size)::bigint as bytes
    from raw.releases group by all order by all
"""
USED_BY_SOURCE = """
    select source, count(*) as roll_calls from marts.dim_roll_calls group by all order by all
"""
FOUND_BY_SOURCE = """
    select source, sum(found_roll_calls)::integer as found, sum(votes_cast)::integer as votes_found
    from marts.completeness group by all order by all
"""
CHECKS = """
    select kind, count(*) filter (passed) as passed, count(*) as checks
    from marts.checks_log group by all order by all
"""
COMPLETENESS = """
    select source, session, expected_roll_calls, found_roll_calls, status, votes_cast, gap_reason
    from marts.completeness order by all
"""


def marts_with_rows(file: Path) -> list[dict[str, Any]]:
    """Each mart of the file and its number of rows."""
    names = rows_of(
        file,
        "select table_name as mart from information_schema.tables where table_schema = 'marts' "
        "order by all",
    )
    counted = " union all ".join(
        f"select '{it['mart']}' as mart, count(*) as rows from marts.{it['mart']}" for it in names
    )
    return rows_of(file, f"{counted} order by all")


def facts(file: Path) -> dict[str, Any]:
    """What a published file says of itself, as plain values."""
    (publication,) = rows_of(file, "select * from marts.publication")
    return {
        "file": str(file),
        "publication": publication,
        "sources": rows_of(file, SOURCES_USED),
        "found": rows_of(file, FOUND_BY_SOURCE),
        "used": rows_of(file, USED_BY_SOURCE),
        "checks": rows_of(file, CHECKS),
        "freshness": rows_of(file, "select * from marts.freshness order by mart"),
        "completeness": rows_of(file, COMPLETENESS),
    }


def print_summary(console: Console, file: Path) -> None:
    """The short table after a refresh: what went in, what came out, and how to read it."""
    said = facts(file)
    publication = said["publication"]
    found = {it["source"]: it for it in said["found"]}
    kept = {it["source"]: it for it in said["used"]}
    sources = Table("source", "release", "roll calls", "votes", "of them used", title="Sources")
    for column in sources.columns[2:]:
        column.justify = "right"
    for it in said["sources"]:
        name = it["source"]
        sources.add_row(
            name,
            it["release"],
            f"{found.get(name, {}).get('found', 0):,}",
            f"{found.get(name, {}).get('votes_found', 0):,}",
            f"{kept.get(name, {}).get('roll_calls', 0):,}",
        )
    marts = Table("mart", "rows", title="Marts")
    marts.columns[1].justify = "right"
    for it in marts_with_rows(file):
        marts.add_row(it["mart"], f"{it['rows']:,}")
    console.print(sources)
    console.print(marts)
    checks = ", ".join(f"{it['passed']} of {it['checks']} {it['kind']}" for it in said["checks"])
    console.print(f"checks passed   {checks or 'none'}", soft_wrap=True)
    console.print(f"data through    {publication['data_through']}")
    console.print(f"file            {file}", soft_wrap=True)
    sample = " --sample" if publication["synthetic"] else ""
    console.print(
        f'try             unga query{sample} "select symbol, vote_date, yes_counted, no_counted '
        'from marts.dim_roll_calls order by vote_date desc limit 5"',
        soft_wrap=True,
    )
    if publication["synthetic"]:
        console.print(
            "SYNTHETIC: an invented Assembly, no number in it is real", style="bold yellow"
        )


def print_status(console: Console, file: Path, said: dict[str, Any]) -> None:
    """Freshness and completeness of a published file, readable."""
    publication = said["publication"]
    console.print(f"file            {file}", soft_wrap=True)
    console.print(
        f"published       {publication['published_at']} UTC, run {publication['run_id']}",
        soft_wrap=True,
    )
    console.print(f"data through    {publication['data_through']}")
    fresh = [it for it in said["freshness"] if it["is_fresh"]]
    console.print(f"marts fresh     {len(fresh)} of {len(said['freshness'])}")
    for it in said["sources"]:
        console.print(f"source          {it['source']} {it['release']}")
    checks = ", ".join(f"{it['passed']} of {it['checks']} {it['kind']}" for it in said["checks"])
    console.print(f"checks passed   {checks or 'none'}", soft_wrap=True)
    table = Table("source", "session", "expected", "found", "status", "known gap", title="Sessions")
    for it in said["completeness"]:
        if it["status"] != "as expected" or it["gap_reason"]:
            table.add_row(
                it["source"],
                it["session"],
                str(it["expected_roll_calls"]),
                str(it["found_roll_calls"]),
                it["status"],
                it["gap_reason"] or "",
            )
    as_expected = sum(it["status"] == "as expected" for it in said["completeness"])
    console.print(f"sessions        {as_expected} of {len(said['completeness'])} as expected")
    if table.row_count:
        console.print(table)


def releases_in(file: Path) -> set[tuple[str, str]]:
    """Source and hash of every file that a published file stands on; empty if there is none."""
    if not file.exists():
        return set()
    found = rows_of(file, "select source, sha256 from raw.releases")
    return {(it["source"], it["sha256"]) for it in found}


def code_in(file: Path) -> str:
    """The code version that made a published file."""
    (it,) = rows_of(file, "select code_version from marts.publication")
    return str(it["code_version"])

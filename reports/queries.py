"""The published file's answers to the question.

Belongs here: the queries, with the question's values bound. Not here: formulas (the file's table
macros have them), or the presentation of the answers (narrative.py, figures.py).
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import duckdb

from orchestration.published.coverage import HAS_COVERAGE, covered
from reports.question import Question

Row = dict[str, Any]

_STUDY = "([$focus], $powers, $year_from, $year_to, in_scheme := $scheme)"


@dataclass(frozen=True)
class Facts:
    """All data of a report, as rows of plain values; see the query of each field below."""

    question: Question
    states: dict[str, Row]
    topics: dict[str, str]
    cohesion: list[Row]
    opposition: list[Row]
    key_votes: list[Row]
    findings: list[Row]
    partners: list[Row]
    years: dict[int, int]
    resolutions: Row
    releases: list[Row]
    freshness: Row
    completeness: list[Row]
    gaps: list[Row]
    source_agreement: Row
    coverage: Row | None
    ideal_points: list[Row]
    ideal_points_run: Row | None
    minimum_n: int

    @property
    def synthetic(self) -> bool:
        """Whether the votes are invented."""
        return bool(self.freshness["synthetic"])

    @property
    def data_through(self) -> date:
        """Day of the newest vote in the file."""
        through: date = self.freshness["data_through"]
        return through

    @property
    def period(self) -> str:
        """The years of the question in which the focus state was a member: 2011-2022."""
        return f"{self.resolutions['first_year']}-{self.resolutions['last_year']}"

    def of_period(self, rows: list[Row]) -> list[Row]:
        """The rows on the whole period."""
        return [row for row in rows if row["year"] is None]


# Each state's latest name and all its spells of membership.
_STATES = """
    select
        state,
        arg_max(name, member_from) as name,
        arg_max(names, member_from) as names,
        list({'from': member_from, 'to': member_to} order by member_from) as spells,
        arg_max(succeeded_by, member_from) as succeeded_by
    from marts.dim_member_states
    group by state
"""
_TOPICS = "select topic, name from marts.dim_topics where scheme = $scheme"
_COHESION = f"select * from marts.study_cohesion_of{_STUDY}"
_OPPOSITION = f"select * from marts.study_opposition_of{_STUDY}"
_FINDINGS = f"select * from marts.study_findings_of{_STUDY}"
_KEY_VOTES = f"select * from marts.study_key_votes_of{_STUDY}"
_PARTNERS = """
    select partner, n, agreement_strict, agreement_half, opposition_share
    from marts.cohesion(
        $focus, from_year := $year_from, to_year := $year_to, in_scheme := $scheme
    )
    order by agreement_half desc nulls last, partner
"""
# Votes that the focus state cast in each year.
_YEARS = """
    select year, count(*) as votes
    from marts.fct_votes
    inner join marts.dim_roll_calls using (roll_call_id, year)
    where state = $focus and vote <> 'absent' and kind = 'resolution'
        and year between $year_from and $year_to
    group by year
    order by year
"""
# The period's resolutions: all, and those put to the vote while the focus state was a member. Each
# member of the day has a row in fct_votes, absent or not.
_RESOLUTIONS = """
    select
        count(*) as in_all,
        count(state) as as_member,
        min(year) filter (state is not null) as first_year,
        max(year) filter (state is not null) as last_year,
        count(state) filter (roll_call_id in (
            select roll_call_id
            from marts.bridge_roll_call_topics
            where scheme = 'study' and topic = 'middle_east'
        )) as on_middle_east
    from marts.dim_roll_calls
    left join (from marts.fct_votes where state = $focus) using (roll_call_id, year)
    where kind = 'resolution' and year between $year_from and $year_to
"""
_RELEASES = """
    select
        source, release, any_value(release_date) as release_date, any_value(licence) as licence,
        any_value(citation) as citation, count(*) as files, sum(size)::bigint as bytes
    from raw.releases
    group by source, release
    order by source, release
"""
_FRESHNESS = """
    select data_through, built_at, checked_at, is_fresh, run_id, synthetic
    from marts.freshness
    where mart = 'fct_votes'
"""
# The sessions that voted in the period, by source.
_COMPLETENESS = """
    select
        source,
        count(*) as sessions,
        count(*) filter (status = 'as expected') as as_expected,
        string_agg(session || ' ' || status, ', ' order by first_vote)
            filter (status <> 'as expected') as otherwise,
        sum(found_roll_calls)::integer as roll_calls,
        sum(votes_cast)::bigint as votes_cast,
        sum(totals_stated)::integer as totals_stated,
        sum(totals_that_disagree)::integer as totals_that_disagree
    from marts.completeness
    where year(first_vote) <= $year_to and year(last_vote) >= $year_from
    group by source
    order by source
"""
# A gap of several sessions is one row.
_GAPS = """
    with gaps as (select distinct source, session, reason from seeds.known_gaps)
    select source, gaps.reason, string_agg(session, ', ' order by first_vote) as sessions
    from gaps
    inner join marts.completeness using (source, session)
    where year(first_vote) <= $year_to and year(last_vote) >= $year_from
    group by source, gaps.reason
    order by source, min(first_vote), gaps.reason
"""
_SOURCE_AGREEMENT = """
    select
        count(*) as roll_calls,
        coalesce(sum(votes_compared), 0)::bigint as votes_compared,
        coalesce(sum(votes_different), 0)::bigint as votes_different
    from marts.source_agreement
    where year(first_date) between $year_from and $year_to
"""
# Of sessions, each in the year in which it opened.
_IDEAL_POINTS = """
    select state, year, estimate, q05, q95, rhat
    from marts.ideal_points
    where series = 'all_votes' and year between $year_from and $year_to
        and (state = $focus or list_contains($powers, state))
    order by year, state
"""
_IDEAL_POINTS_RUN = """
    select data_through, is_current from marts.ideal_points_run where series = 'all_votes'
"""
# Files of older versions have no such tables, and a file may have them empty.
_HAS_IDEAL_POINTS = """
    select true from information_schema.tables
    where table_schema = 'marts' and table_name = 'ideal_points'
"""
# The minimum n for a measure is a setting of the build, inferred from where measures are null.
_MINIMUM_N = """
    select coalesce(max(n), 0)::integer + 1 as n
    from marts.cohesion_by_pair_year_topic
    where scheme = $scheme and agreement_half is null
"""


def facts_of(connection: duckdb.DuckDBPyConnection, question: Question) -> Facts:
    """Run all queries of the page."""

    def rows(sql: str) -> list[Row]:
        asked = {name: value for name, value in asdict(question).items() if f"${name}" in sql}
        cursor = connection.execute(sql, asked)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    has_ideal_points = bool(rows(_HAS_IDEAL_POINTS))
    return Facts(
        question=question,
        states={row["state"]: row for row in rows(_STATES)},
        topics={row["topic"]: row["name"] for row in rows(_TOPICS)},
        cohesion=rows(_COHESION),
        opposition=rows(_OPPOSITION),
        key_votes=rows(_KEY_VOTES),
        findings=rows(_FINDINGS),
        partners=rows(_PARTNERS),
        years={row["year"]: row["votes"] for row in rows(_YEARS)},
        resolutions=rows(_RESOLUTIONS)[0],
        releases=rows(_RELEASES),
        freshness=rows(_FRESHNESS)[0],
        completeness=rows(_COMPLETENESS),
        gaps=rows(_GAPS),
        source_agreement=rows(_SOURCE_AGREEMENT)[0],
        coverage=next(iter(rows(covered(question.year_from, question.year_to))), None)
        if rows(HAS_COVERAGE)
        else None,
        ideal_points=rows(_IDEAL_POINTS) if has_ideal_points else [],
        ideal_points_run=next(iter(rows(_IDEAL_POINTS_RUN)), None) if has_ideal_points else None,
        minimum_n=rows(_MINIMUM_N)[0]["n"],
    )

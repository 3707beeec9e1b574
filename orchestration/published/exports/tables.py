"""The files that are exported: rows, columns, keys, and the query of each over the marts.

Belongs here: names, grain and SQL, and which rows a person may ask for. Not here: formats
(formats.py), or the formula of a measure, which is in a view of the published file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from string import Template

import duckdb

from orchestration.published.public import PAIRED_SCHEMES, PUBLIC, count_public_pairs
from orchestration.published.query import QueryError, state_named

# The measures of the marts, in their order, by the column's name in the files: that of FPSIM
# (kappavv, pivv) or of Voeten's files (agree, agree2un, agree3un, s3un) where they have one.
MEASURES = {
    "agreement_strict": "agreement_strict",
    "agreement_half": "agree3un",
    "agreement_half_contested": "agree",
    "s_score": "s3un",
    "kappa_absolute": "kappa_absolute",
    "kappa_squared": "kappavv",
    "pi_absolute": "pi_absolute",
    "pi_squared": "pivv",
    "alignment_index": "alignment_index",
    "tau_b": "tau_b",
    "opposition_share": "opposition_share",
    "voting_coincidence": "voting_coincidence",
    "voting_coincidence_yes_no": "agree2un",
}
CELLS = ("yy", "ya", "yn", "ay", "aa", "an", "ny", "na", "nn")
# All that a measure of the first state with the second depends on.
COUNTS = (*CELLS, "unanimous", "absent_b")
# In Stata a vote is a number, as in Voeten's files, with the word as its label.
VOTES: dict[int | float, str] = {1: "yes", 2: "abstain", 3: "no", 8: "absent"}


class ExportError(Exception):
    """What can't be exported; the message is one line for the user."""


@dataclass(frozen=True)
class Asked:
    """The rows and measures that are asked for; what is empty means all.

    `topics` are (scheme, topic). `ordered` asks for each dyad in both orders.
    """

    states: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    topics: tuple[tuple[str, str], ...] = ()
    measures: tuple[str, ...] = ()
    ordered: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Asked()


@dataclass(frozen=True)
class Reference:
    """A foreign key: the columns, the file that they lead to, and their names there."""

    columns: tuple[str, ...]
    file: str
    theirs: tuple[str, ...]


@dataclass(frozen=True)
class File:
    """One table of an export.

    `sql` names its tables as `$roll_calls`, `$votes` and so on (`names`); it ends with an order.
    `comments` are the marts whose column comments describe the columns of the same name, `columns`
    describes the others. `usual` are its formats when none is asked for; `states` are its columns
    with a state.
    """

    name: str
    words: str
    key: tuple[str, ...]
    sql: str
    comments: tuple[str, ...]
    usual: tuple[str, ...] = ("parquet", "csv")
    columns: Mapping[str, str] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    years: bool = True
    order: str = ""
    refers: tuple[Reference, ...] = ()
    roll_calls: bool = False
    topics: bool = False
    is_long: bool = False


_CODES = {
    "iso3": "The state: ISO 3166-1 alpha-3; ISO 3166-3 for dissolved states",
    "ccode": "Correlates of War number in that year",
    "gwcode": "Gleditsch and Ward number in that year",
}

_STATES = """
    with counted as (
        select
            votes.state,
            votes.year,
            count(*) filter (votes.vote = 'yes')::integer as votes_yes,
            count(*) filter (votes.vote = 'abstain')::integer as votes_abstain,
            count(*) filter (votes.vote = 'no')::integer as votes_no,
            count(*) filter (votes.vote = 'absent')::integer as absences
        from $votes as votes
        inner join $roll_calls as roll_calls using (roll_call_id)
        where roll_calls.kind = 'resolution' and $asked_roll_calls
        group by votes.state, votes.year
    ),

    years as (
        select *, make_date(year, 12, 31) as last_day from marts.state_years
    ),

    grouped as (
        select
            years.state,
            years.year,
            string_agg(members.group_code, ';' order by members.group_code) as groups
        from years
        inner join marts.dim_group_members as members
            on years.state = members.state
                and years.last_day >= members.joined_on
                and years.last_day < coalesce(members.left_on, date 'infinity')
        group by years.state, years.year
    ),

    points as (
        select state, year, estimate, sd, q05, q95
        from $ideal_points
        where series = 'all_votes'
    )

    select
        years.state as iso3,
        years.cow_code as ccode,
        years.gw_code as gwcode,
        years.year,
        spells.name,
        coalesce(spells.member_to > years.last_day, true) as member,
        spells.region_group,
        grouped.groups,
        coalesce(counted.votes_yes, 0) as votes_yes,
        coalesce(counted.votes_abstain, 0) as votes_abstain,
        coalesce(counted.votes_no, 0) as votes_no,
        coalesce(counted.absences, 0) as absences,
        points.estimate::double as idealpoint,
        points.sd::double as idealpoint_sd,
        points.q05::double as idealpoint_q05,
        points.q95::double as idealpoint_q95
    from years
    asof left join marts.dim_member_states as spells
        on years.state = spells.state and years.last_day >= spells.member_from
    left join counted on years.state = counted.state and years.year = counted.year
    left join grouped on years.state = grouped.state and years.year = grouped.year
    left join points on years.state = points.state and years.year = points.year
"""

_DYADS = """
    select
        dyads.ccode1,
        dyads.ccode2,
        dyads.gwcode1,
        dyads.gwcode2,
        dyads.iso3_1,
        dyads.iso3_2,
        dyads.year,
        dyads.scheme,
        dyads.topic,
        dyads.yy + dyads.ya + dyads.yn + dyads.ay + dyads.aa + dyads.an + dyads.ny + dyads.na
        + dyads.nn as n,
        dyads.yy,
        dyads.ya,
        dyads.yn,
        dyads.ay,
        dyads.aa,
        dyads.an,
        dyads.ny,
        dyads.na,
        dyads.nn,
        dyads.unanimous,
        dyads.absent_a as absent1,
        dyads.absent_b as absent2,
        $measures,
        abs(one.estimate::double - two.estimate::double) as idealpointdistance
    from $dyads as dyads
    inner join $measured as measured using ($counts)
    left join $ideal_points as one
        on dyads.iso3_1 = one.state and dyads.year = one.year and one.series = 'all_votes'
    left join $ideal_points as two
        on dyads.iso3_2 = two.state and dyads.year = two.year and two.series = 'all_votes'
"""

_DYAD_COLUMNS = {
    "ccode1": "Correlates of War number of the first state in that year",
    "ccode2": "Correlates of War number of the second state in that year",
    "gwcode1": "Gleditsch and Ward number of the first state in that year",
    "gwcode2": "Gleditsch and Ward number of the second state in that year",
    "iso3_1": "The first state: ISO 3166-1 alpha-3; ISO 3166-3 for dissolved states",
    "iso3_2": "The second state: ISO 3166-1 alpha-3; ISO 3166-3 for dissolved states",
    "absent1": "Roll calls on which the first state was absent and the second voted",
    "absent2": "Roll calls on which the second state was absent and the first voted",
    "idealpointdistance": "Distance of the ideal points in the session that opened in that year",
    **{
        cell: f"Roll calls on which the first state voted {first}, the second {second}"
        for cell, (first, second) in {
            one + two: (name_one, name_two)
            for one, name_one in {"y": "yes", "a": "abstain", "n": "no"}.items()
            for two, name_two in {"y": "yes", "a": "abstain", "n": "no"}.items()
        }.items()
    },
}
_DYAD_KEY = ("iso3_1", "iso3_2", "year", "scheme", "topic")
_DYAD_REFERS = (
    Reference(("iso3_1", "year"), "states", ("iso3", "year")),
    Reference(("iso3_2", "year"), "states", ("iso3", "year")),
)
_OF_ROLL_CALL = Reference(("roll_call_id",), "roll_calls", ("roll_call_id",))

FILES = {
    file.name: file
    for file in (
        File(
            "states",
            "One row per state and year of membership: codes, groups, votes cast on resolutions, "
            "and the ideal point of the session that opened in that year.",
            ("iso3", "year"),
            _STATES,
            ("marts.dim_member_states", "marts.state_years"),
            usual=("parquet", "csv", "dta"),
            columns=_CODES
            | {
                "member": "Whether it was a member on 31 December",
                "groups": "Codes of its groups on 31 December, separated by semicolons",
                "votes_yes": "Resolutions on which it voted yes",
                "votes_abstain": "Resolutions on which it abstained",
                "votes_no": "Resolutions on which it voted no",
                "absences": "Resolutions on which it was absent",
                "idealpoint": "Ideal point, on all votes; null until it is estimated",
                "idealpoint_sd": "Standard deviation of the ideal point",
                "idealpoint_q05": "Lower end of the ideal point's 90 % interval",
                "idealpoint_q95": "Upper end of the ideal point's 90 % interval",
            },
            states=("iso3",),
            order="year, iso3",
        ),
        File(
            "dyads",
            "One row per dyad and year over all roll calls on resolutions (or per topic, where "
            "topics are asked for): the counts of votes, and every measure with its standard "
            "error.",
            _DYAD_KEY,
            _DYADS,
            ("marts.vote_pairs", "marts.cohesion_by_pair_year_topic"),
            usual=("parquet",),
            columns=_DYAD_COLUMNS,
            states=("iso3_1", "iso3_2"),
            order="year, iso3_1, iso3_2, scheme, topic",
            refers=_DYAD_REFERS,
            is_long=True,
        ),
        File(
            "dyads_by_topic",
            "The same per dyad, year and topic of the schemes study and voeten.",
            _DYAD_KEY,
            _DYADS,
            ("marts.vote_pairs", "marts.cohesion_by_pair_year_topic"),
            usual=("parquet",),
            columns=_DYAD_COLUMNS,
            states=("iso3_1", "iso3_2"),
            refers=_DYAD_REFERS,
            topics=True,
            is_long=True,
        ),
        File(
            "votes",
            "One row per roll call and member state of the day, also for votes on paragraphs, "
            "amendments and motions: see kind in roll_calls.",
            ("roll_call_id", "iso3"),
            """
            select
                votes.roll_call_id,
                votes.state as iso3,
                years.cow_code as ccode,
                years.gw_code as gwcode,
                votes.year,
                votes.vote,
                votes.vote_as_given,
                votes.corrected_by,
                votes.is_listed,
                votes.kept_from_voting
            from $votes as votes
            left join marts.state_years as years
                on votes.state = years.state and votes.year = years.year
            """,
            ("marts.fct_votes",),
            usual=("parquet", "csv"),
            columns=_CODES,
            states=("iso3",),
            order="year, roll_call_id, iso3",
            refers=(_OF_ROLL_CALL,),
            roll_calls=True,
            is_long=True,
        ),
        File(
            "roll_calls",
            "One row per recorded vote.",
            ("roll_call_id",),
            "select roll_calls.* from $roll_calls as roll_calls",
            ("marts.dim_roll_calls",),
            order="vote_date, roll_call_id",
            roll_calls=True,
        ),
        File(
            "topics",
            "One row per scheme and topic.",
            ("scheme", "topic"),
            """
            select topics.* from marts.dim_topics as topics
            where topics.scheme <> 'unbis'
                or topics.topic in (select topic from $roll_call_topics where scheme = 'unbis')
            """,
            ("marts.dim_topics",),
            years=False,
            order="scheme, topic",
            topics=True,
        ),
        File(
            "roll_call_topics",
            "One row per roll call, scheme and topic.",
            ("roll_call_id", "scheme", "topic"),
            """
            select topics.*, roll_calls.year
            from $roll_call_topics as topics
            inner join $roll_calls as roll_calls using (roll_call_id)
            """,
            ("marts.bridge_roll_call_topics", "marts.dim_roll_calls"),
            order="scheme, topic, roll_call_id",
            refers=(_OF_ROLL_CALL, Reference(("scheme", "topic"), "topics", ("scheme", "topic"))),
            topics=True,
        ),
        File(
            "groups",
            "One row per group, state and spell of membership.",
            ("group_code", "iso3", "joined_on"),
            """
            select
                members.group_code,
                groups.name as group_name,
                members.state as iso3,
                last_year.cow_code as ccode,
                last_year.gw_code as gwcode,
                members.name,
                members.joined_on,
                members.left_on,
                members.date_precision,
                members.certainty,
                members.source
            from marts.dim_group_members as members
            inner join marts.dim_groups as groups using (group_code)
            left join (
                select state, max_by(cow_code, year) as cow_code, max_by(gw_code, year) as gw_code
                from marts.state_years group by state
            ) as last_year on members.state = last_year.state
            """,
            ("marts.dim_group_members",),
            columns=_CODES
            | {
                "ccode": "Last Correlates of War number of the state",
                "gwcode": "Last Gleditsch and Ward number of the state",
                "group_name": "Full name of the group",
            },
            states=("iso3",),
            years=False,
            order="group_code, iso3, joined_on",
        ),
        File(
            "doubts",
            "One row per doubt about a source: what looks wrong, and what was done about it.",
            (),
            "select doubts.* from $doubts as doubts",
            ("marts.doubts",),
            states=("state",),
            order="rule, source, year, roll_call_id, state",
            refers=(_OF_ROLL_CALL,),
            roll_calls=True,
        ),
        File(
            "pairs",
            "One row per pair of states (state_a < state_b in the alphabet), year, scheme and "
            "topic: the counts of votes, without measures; a file per scheme and decade.",
            ("state_a", "state_b", "year", "scheme", "topic"),
            "select pairs.* from $pairs as pairs",
            ("marts.vote_pairs",),
            usual=("parquet",),
            states=("state_a", "state_b"),
            order="scheme, topic, year, state_a, state_b",
            topics=True,
            is_long=True,
        ),
    )
}
# What takes longer to write than a refresh should wait for: seconds, where the others take one.
BIG = ("dyads", "dyads_by_topic", "pairs")


class Tables:
    """The files' tables, on an open connection, of one published file and what is asked of it.

    `connection` has the published file as its current database, `scratch` is the name of an empty
    attached database that may be written to; with `public` the tables of `make_public` are there.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        scratch: str,
        asked: Asked,
        public: bool,
    ) -> None:
        self.connection = connection
        self.asked = resolved(connection, asked)
        self._scratch = scratch
        self._public = public
        self._measured: dict[str, str] = {}
        self._has_public_pairs = False
        self._names = {
            table: f"temp.{PUBLIC[mart]}" if public else mart
            for table, mart in {
                "roll_calls": "marts.dim_roll_calls",
                "votes": "marts.fct_votes",
                "roll_call_topics": "marts.bridge_roll_call_topics",
                "doubts": "marts.doubts",
            }.items()
        }
        # Estimated from votes that may not be passed on, as far as there are any.
        self.has_ideal_points = not (public and self._replaced())
        self._names["ideal_points"] = (
            "marts.ideal_points"
            if self.has_ideal_points
            else "(select * from marts.ideal_points where false)"
        )
        self._names["asked_roll_calls"] = self._on_asked("roll_calls")
        self._names["counts"] = ", ".join(COUNTS)

    def span(self) -> tuple[int, int, date]:
        """The first and the last year of the roll calls asked for, and the day of the last vote.

        The day is that of all that may be exported, whatever is asked for.
        """
        years = ", ".join(map(str, self.asked.years)) or "year"
        ((first, last, through),) = self.connection.execute(
            f"select min(year) filter (year in ({years})), max(year) filter (year in ({years})), "
            f"max(vote_date) from {self._names['roll_calls']}"
        ).fetchall()
        return first, last, through

    def sql(self, file: File) -> str:
        """The query of a file, without an order: see `File.order`."""
        if file.sql is _DYADS:
            return self._dyads(file)
        names = self._names
        if "$pairs" in file.sql:
            names = names | {"pairs": self._pairs()}
        wanted = [f"select * from ({Template(file.sql).substitute(names)}) as asked"]
        if where := self._where(file):
            wanted.append(f"where {' and '.join(where)}")
        return " ".join(wanted)

    def described(self, file: File) -> dict[str, tuple[str, str]]:
        """The columns of a file in their order: type of DuckDB, and description."""
        comments = dict(
            self.connection.execute(
                "select column_name, comment from duckdb_columns() where comment is not null "
                "and database_name = current_database() "
                "and list_contains(?, schema_name || '.' || table_name)",
                [list(file.comments)],
            ).fetchall()
        )
        theirs = {column: comments.get(name, "") for name, column in MEASURES.items()}
        theirs |= {
            f"{column}_se": f"Standard error of {column}, taking roll calls as independent draws"
            for column in MEASURES.values()
        }
        words = comments | theirs | dict(file.columns)
        columns = self.connection.execute(f"describe {self.sql(file)}").fetchall()
        return {name: (kind, words.get(name) or "") for name, kind, *_ in columns}

    def _where(self, file: File) -> list[str]:
        """The conditions on the rows of a file that is not of dyads."""
        where = []
        if self.asked.states and file.states:
            listed = _listed(self.asked.states)
            where.append(
                "(" + " or ".join(f"asked.{one} in ({listed})" for one in file.states) + ")"
            )
        if self.asked.years and file.years:
            where.append(f"asked.year in ({', '.join(map(str, self.asked.years))})")
        if self.asked.topics and file.topics:
            where.append(f"(asked.scheme, asked.topic) in ({_pairs_listed(self.asked.topics)})")
        if self.asked.topics and file.roll_calls:
            where.append(self._on_asked("asked"))
        return where

    def _on_asked(self, table: str) -> str:
        """A condition: the roll call of this table has one of the topics that are asked for."""
        if not self.asked.topics:
            return "true"
        return (
            f"{table}.roll_call_id in (select roll_call_id from {self._names['roll_call_topics']} "
            f"where (scheme, topic) in ({_pairs_listed(self.asked.topics)}))"
        )

    def _dyads(self, file: File) -> str:
        topics = self.asked.topics
        if not topics:
            topics = _topics(self.connection, but_all=True) if file.topics else (("study", "all"),)
        dyads = self._oriented(topics)
        measures = [
            f"measured.{name} as {column}, measured.{name}_se as {column}_se"
            for name, column in MEASURES.items()
            if not self.asked.measures or column in self.asked.measures
        ]
        names = self._names | {
            "dyads": f"({dyads})",
            "measured": self._measured_of(file.name, dyads),
            "measures": ",\n        ".join(measures),
        }
        return Template(_DYADS).substitute(names)

    def _oriented(self, topics: Sequence[tuple[str, str]]) -> str:
        """The pair counts seen from the first state of each dyad.

        The first is the one with the lower COW number; a state that has none in the year (see
        state_years) comes second.
        """
        where = [f"(pairs.scheme, pairs.topic) in ({_pairs_listed(topics)})"]
        if self.asked.years:
            where.append(f"pairs.year in ({', '.join(map(str, self.asked.years))})")
        if self.asked.states:
            listed = _listed(self.asked.states)
            where.append(f"(pairs.state_a in ({listed}) or pairs.state_b in ({listed}))")
        turned = {"ya": "ay", "yn": "ny", "an": "na"}
        turned |= {back: there for there, back in turned.items()}
        turned |= {"absent_a": "absent_b", "absent_b": "absent_a"}
        counts = [
            f"if(turns, {turned[count]}, {count}) as {count}" if count in turned else count
            for count in (*COUNTS, "absent_a")
        ]
        turns = "coalesce(a.cow_code, 9999) > coalesce(b.cow_code, 9999)"
        both = " cross join (values (false), (true)) as orders (other)"
        return f"""
            select
                if(turns, cow_b, cow_a) as ccode1,
                if(turns, cow_a, cow_b) as ccode2,
                if(turns, gw_b, gw_a) as gwcode1,
                if(turns, gw_a, gw_b) as gwcode2,
                if(turns, state_b, state_a) as iso3_1,
                if(turns, state_a, state_b) as iso3_2,
                year,
                scheme,
                topic,
                {", ".join(counts)}
            from (
                select
                    pairs.*,
                    a.cow_code as cow_a,
                    b.cow_code as cow_b,
                    a.gw_code as gw_a,
                    b.gw_code as gw_b,
                    {f"({turns}) <> orders.other" if self.asked.ordered else turns} as turns
                from {self._pairs()} as pairs
                left join marts.state_years as a
                    on pairs.state_a = a.state and pairs.year = a.year
                left join marts.state_years as b
                    on pairs.state_b = b.state and pairs.year = b.year
                {both if self.asked.ordered else ""}
                where {" and ".join(where)}
            )
        """

    def _measured_of(self, name: str, dyads: str) -> str:
        """A table of every measure by the counts that it depends on (COUNTS); its name.

        The published file's own view computes them, over a pair for each combination of counts:
        eighteen million rows have a tenth of that.
        """
        if name in self._measured:
            return self._measured[name]
        table = f"{self._scratch}.measured.{name}"
        schema = f"{self._scratch}.marts"
        counts = ", ".join(COUNTS)
        self.connection.execute(
            f"""
            create schema if not exists {self._scratch}.measured;
            create schema if not exists {schema};
            create or replace table {schema}.vote_pairs as
            select
                'A' as state_a,
                'B' as state_b,
                (row_number() over ())::integer as year,
                'scheme' as scheme,
                'topic' as topic,
                *,
                {" + ".join(CELLS)} as n,
                0 as absent_a,
                0 as absent_both,
                absent_b as absent_either
            from (select distinct {counts} from ({dyads}));
            """
        )
        self._copy_view("cohesion_by_pair_year_topic", self._scratch)
        measures = ", ".join(f"found.{one}, found.{one}_se" for one in MEASURES)
        self.connection.execute(
            f"""
            create or replace table {table} as
            select {", ".join(f"pairs.{one}" for one in COUNTS)}, {measures}
            from {schema}.vote_pairs as pairs
            inner join {schema}.cohesion_by_pair_year_topic as found using (year)
            where found.state = 'A';
            drop view {schema}.cohesion_by_pair_year_topic;
            drop table {schema}.vote_pairs;
            """
        )
        self._measured[name] = table
        return table

    def _copy_view(self, view: str, database: str) -> None:
        """Make a view of the published file's marts again, over another database's tables."""
        ((sql, current),) = self.connection.execute(
            "select sql, current_database() from duckdb_views() where schema_name = 'marts' "
            "and view_name = ? and database_name = current_database()",
            [view],
        ).fetchall()
        self.connection.execute(f"use {database}")
        try:
            self.connection.execute(sql)
        finally:
            self.connection.execute(f"use {current}")

    def _pairs(self) -> str:
        """The pair counts: those of the marts, or the public votes counted by the same kernel."""
        if not self._public:
            return "marts.vote_pairs"
        table = f"{self._scratch}.main.public_pairs"
        if not self._has_public_pairs:
            count_public_pairs(self.connection, table)
            self._has_public_pairs = True
        return table

    def _replaced(self) -> bool:
        """Whether any roll call is left out or taken from another source."""
        ((found,),) = self.connection.execute(
            "select exists (from marts.dim_roll_calls anti join "
            "(select roll_call_id from public_records where is_same) using (roll_call_id))"
        ).fetchall()
        return bool(found)


def resolved(connection: duckdb.DuckDBPyConnection, asked: Asked) -> Asked:
    """What is asked for, with states and measures under their names in the files.

    Raises ExportError for one that the published file does not have, with the known names or the
    nearest ones.
    """
    try:
        states = tuple(dict.fromkeys(state_named(connection, one) for one in asked.states))
    except QueryError as unknown:
        raise ExportError(str(unknown)) from None
    measures = tuple(MEASURES.get(one.strip(), one.strip()) for one in asked.measures)
    refuse_unknown("measure", measures, tuple(MEASURES.values()))
    ((first, last),) = connection.execute(
        "select min(year), max(year) from marts.dim_roll_calls"
    ).fetchall()
    if asked.years and not set(asked.years) & set(range(first, last + 1)):
        raise ExportError(f"No votes in these years: there are some from {first} to {last}.")
    refuse_unknown(
        "topic",
        [":".join(topic) for topic in asked.topics],
        [":".join(topic) for topic in _topics(connection)],
    )
    return replace(asked, states=states, measures=measures)


def topics_named(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Topics as (scheme, topic) from `scheme:topic`, or `all` for every roll call."""
    return tuple(
        ("study", "all") if word.strip() == "all" else (scheme.strip(), topic.strip())
        for word in words
        for scheme, _, topic in [word.partition(":")]
    )


def _topics(
    connection: duckdb.DuckDBPyConnection, but_all: bool = False
) -> tuple[tuple[str, str], ...]:
    """The topics that pairs are counted by."""
    return tuple(
        connection.execute(
            f"select scheme, topic from marts.dim_topics where scheme in "
            f"({_listed(PAIRED_SCHEMES)}) and not (topic = 'all' and ?) order by all",
            [but_all],
        ).fetchall()
    )


def refuse_unknown(what: str, given: Sequence[str], known: Iterable[str]) -> None:
    """Raise ExportError that lists what is known, if any of what is given is not."""
    if unknown := [one for one in given if one not in known]:
        raise ExportError(f"No such {what}: {', '.join(unknown)}. Known are: {', '.join(known)}.")


def _listed(words: Sequence[str]) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


def _pairs_listed(topics: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"({_listed(topic)})" for topic in topics)

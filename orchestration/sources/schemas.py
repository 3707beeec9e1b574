"""The raw tables: the one declaration of their columns.

Belongs here: each column's type, whether it may be empty, its allowed values, what it means. The
types used in parsing, the validation of its results, the tables in DuckDB, and dbt's sources.yml
with the dictionary all come from it. Not here: how a source's file is read, or any reading of
votes. The tables of estimates, which come from no source, are declared here too: they are carried
from one published file to the next as a source's are from its files.
"""

from collections.abc import Sequence

import dataframely as dy
import polars as pl

DUCKDB_TYPES: dict[pl.DataType, str] = {
    pl.String(): "varchar",
    pl.Int8(): "tinyint",
    pl.Int16(): "smallint",
    pl.Int32(): "integer",
    pl.Int64(): "bigint",
    pl.Float32(): "float",
    pl.Boolean(): "boolean",
    pl.Date(): "date",
    pl.Datetime("us"): "timestamp",
    pl.List(pl.Int16()): "smallint[]",
}


def _text(description: str, nullable: bool = True, allowed: Sequence[str] = ()) -> dy.String:
    return dy.String(
        nullable=nullable,
        description=description,
        check=(lambda values: values.is_in(list(allowed))) if allowed else None,
        metadata={"allowed": list(allowed)},
    )


def _number(description: str, nullable: bool = True) -> dy.Int32:
    return dy.Int32(nullable=nullable, description=description)


def _real(description: str, nullable: bool = False) -> dy.Float32:
    return dy.Float32(nullable=nullable, description=description)


def _flag(description: str, nullable: bool = False) -> dy.Bool:
    return dy.Bool(nullable=nullable, description=description)


def _day(description: str, nullable: bool = False) -> dy.Date:
    return dy.Date(nullable=nullable, description=description)


class RawTable(dy.Schema):
    """The first columns of every raw table of votes."""

    release = _text("Release of the source.", nullable=False)
    file = _text("File of the release.", nullable=False)


class RawRow(RawTable):
    """A table whose rows are those of a file."""

    row_number = _number("Row of the file, from 1.", nullable=False)


class UndlVotes(RawRow):
    """The UN Digital Library's bulk voting file. One row per roll call and state."""

    undl_id = _text("The library's number of the roll call.")
    ms_code = _text("The state's code, as the library writes it.")
    ms_name = _text("The state's name at the time of the vote.")
    ms_vote = _text(
        "Vote: Y yes, N no, A abstain, X not voting.", nullable=False, allowed=("Y", "N", "A", "X")
    )
    vote_date = _day("Day of the vote.")
    session = _text("Session of the Assembly: '77', 'ES-11', 'S-32'.", nullable=False)
    resolution = _text("Symbol of the resolution, as the library writes it.")
    draft = _text("Symbol of the draft.")
    committee_report = _text("Symbol of the committee's report.")
    meeting = _text("Symbol of the meeting's record.")
    title = _text("Title of the resolution.")
    agenda_title = _text("Title of the agenda item.")
    subjects = _text("Subjects, joined by a bar.")
    vote_note = _text("The library's note on the vote.")
    total_yes = _number("Yes votes as stated.")
    total_no = _number("No votes as stated.")
    total_abstentions = _number("Abstentions as stated.")
    total_non_voting = _number("Members not voting as stated.")
    total_ms = _number("Members as stated.")
    undl_link = _text("Page of the roll call in the library.")


class UnxmlResolutions(RawRow):
    """The Secretariat's resolutions. One row per line of a file; a symbol may be repeated."""

    symbol = _text("Symbol of the resolution.", nullable=False)
    session = _text("Session of the Assembly: '77', 'ES-11', 'S-32'.", nullable=False)
    vote_date = _day("Day of adoption.")
    meeting = _text("Symbol of the meeting's record.")
    title = _text("Title of the resolution.")
    originating_document = _text("Symbol of the draft or report that was adopted.")
    committee = _text("Committee that it came from.")
    agenda_item = _text("Agenda item.")
    agenda_item_name = _text("Title of the agenda item.")
    adoption_type = _text("'recorded', 'without_vote' or 'unknown'.", nullable=False)
    yes_stated = _number("Yes votes as stated.")
    no_stated = _number("No votes as stated.")
    abstain_stated = _number("Abstentions as stated.")


class UnxmlVotes(RawRow):
    """The states that the Secretariat's lists name. One row per name in a list."""

    state_name = _text("The state's name, as written there.", nullable=False)
    vote = _text("The list it is in.", nullable=False, allowed=("yes", "no", "abstain"))


class UnxmlSubjects(RawRow):
    """Subjects of the Secretariat's resolutions. One row per subject of a line."""

    subject = _text("Subject.", nullable=False)
    scheme = _text("Vocabulary that the subject is from.", nullable=False)


class UnxmlSponsors(RawRow):
    """Sponsors of the Secretariat's resolutions. One row per sponsor of a line."""

    state_name = _text("The state's name, as written there.", nullable=False)
    additional = _flag("Whether it joined the sponsors later.")


class VoetenRollCalls(RawRow):
    """Roll calls of Voeten's file. One row per roll call."""

    roll_call = _text(
        "Key of the roll call: rcid, or '<rcid>.<n>' if one rcid is shared by several roll calls.",
        nullable=False,
    )
    rcid = _number("Voeten's number of the roll call.", nullable=False)
    session = _number("Regular session of the Assembly at the time.", nullable=False)
    vote_date = _day("Day of the vote, as stated.")
    year = _number("Year, as the source counts it.", nullable=False)
    unres = _text("Symbol of the resolution, as the source writes it.")
    amend = _flag("Whether it is on an amendment; null where the release does not say.", True)
    para = _flag("Whether it is on a paragraph; null where the release does not say.", True)
    short = _text("Short title.")
    descr = _text("Description of what was voted on.")
    me = _flag("Code me: Palestine and the Middle East.")
    nu = _flag("Code nu: nuclear weapons.")
    di = _flag("Code di: arms control and disarmament.")
    hr = _flag("Code hr: human rights.")
    co = _flag("Code co: colonialism.")
    ec = _flag("Code ec: economic development.")
    important = _flag("Named an important vote by the US State Department.")
    yes_stated = _number("Yes votes as stated.")
    no_stated = _number("No votes as stated.")
    abstain_stated = _number("Abstentions as stated.")


class VoetenVotes(RawTable):
    """Votes of Voeten's file (1 yes, 2 abstain, 3 no, 8 absent, 9 not a member). One row per roll
    call and state.
    """

    roll_call = _text("Key of the roll call.", nullable=False)
    ccode = _number("The state's Correlates of War code.", nullable=False)
    country = _text("The state's letter code, as the source writes it.")
    country_name = _text("The state's name, as the source writes it.")
    vote = dy.Int8(
        nullable=False,
        description="Vote.",
        check=lambda values: values.is_in([1, 2, 3, 8, 9]),
        metadata={"allowed": [1, 2, 3, 8, 9]},
    )
    member = _flag("Whether the state was a member, as the source has it.")


class Releases(dy.Schema):
    """Files of the releases that the build is based on. One row per file."""

    source = _text("Source.", nullable=False)
    release = _text("Release of the source.", nullable=False)
    release_date = _day("Last day that the release covers.", nullable=True)
    version = _text("The release's own version, where it states one.")
    file = _text("File of the release.", nullable=False)
    size = dy.Int64(nullable=False, description="Bytes.")
    sha256 = _text("Hash of the file.", nullable=False)
    url = _text("Origin of the file; null if a person put it there.")
    licence = _text("Licence.", nullable=False)
    citation = _text("Citation, the release's own where it states one.", nullable=False)
    landed_at = dy.Datetime(nullable=False, description="When it was landed, in UTC.")


class Repairs(dy.Schema):
    """Corrections of defects by a stated rule, made in parsing. One row per file and rule."""

    source = _text("Source.", nullable=False)
    release = _text("Release of the source.", nullable=False)
    file = _text("File of the release.", nullable=False)
    rule = _text("The defect, and what replaces it.", nullable=False)
    rows = _number("Rows that had the defect.", nullable=False)
    example = _text("One of them.")


class Reviews(dy.Schema):
    """The user's own expected numbers, from reviews.csv. One row per source and session."""

    source = _text("Source.", nullable=False)
    session = _text("Session of the Assembly.", nullable=False)
    roll_calls = _number("Roll calls that the session of the source should have.", nullable=False)
    rule = _text(
        "'exact', or 'at_least' while a session is still open.",
        nullable=False,
        allowed=("exact", "at_least"),
    )
    counted_through = _day("Day of the last vote included in the number.", nullable=True)
    reviewed_on = _day("Day of the review.", nullable=True)
    note = _text("Why the number is right.")


SERIES = "Which roll calls: 'all_votes', 'final_passage', or a topic as 'study:disarmament'."
SESSION = "Regular session; a special session counts with the one that opened before it."


class StateInSession(dy.Schema):
    """What every table of estimates of states begins with."""

    series = _text(SERIES, nullable=False)
    session = dy.Int16(nullable=False, description=SESSION)
    state = _text("The state.", nullable=False)


class IdealPoints(StateInSession):
    """Estimated ideal points. One row per series, session and state that voted in it."""

    estimate = _real("Mean of the draws; in standard deviations of all states and sessions.")
    sd = _real("Standard deviation of the draws.")
    q05 = _real("5 % quantile of the draws.")
    q10 = _real("10 % quantile.")
    q50 = _real("Median.")
    q90 = _real("90 % quantile.")
    q95 = _real("95 % quantile.")
    votes = _number("Votes of the state in the session that the estimate rests on.", nullable=False)
    rhat = _real("Rank-normalized split R-hat over the chains; 1 is convergence.")
    ess = _real("Effective number of draws (bulk).")


class IdealPointDraws(StateInSession):
    """Draws of the ideal points of the two main series: the same place in each list is one draw of
    all states. One row per series, session and state that voted in it.
    """

    draws = dy.List(
        dy.Int16(nullable=False), nullable=False, description="The draws, in thousandths."
    )


class RollCallParameters(dy.Schema):
    """Estimated parameters of the roll calls. One row per series and roll call."""

    series = _text(SERIES, nullable=False)
    roll_call_id = _text("The roll call.", nullable=False)
    item = _text("What was voted on: the first of the roll calls that share it.", nullable=False)
    discrimination = _real(
        "How much the votes divide by ideal point; above 0, a high one votes no."
    )
    discrimination_sd = _real("Standard deviation of its draws.")
    yes_below = _real("Lower cutpoint: the latent position below which a state votes yes.")
    yes_below_sd = _real("Standard deviation of its draws.")
    no_above = _real("Upper cutpoint: the latent position above which a state votes no.")
    no_above_sd = _real("Standard deviation of its draws.")


class IdealPointsRun(dy.Schema):
    """How the ideal points were estimated. One row per series."""

    series = _text(SERIES, nullable=False)
    estimated_at = dy.Datetime(nullable=False, description="When they were estimated, in UTC.")
    data_through = _day("Day of the last vote among them.")
    votes_key = _text("Hash of the votes and of the items they are on.", nullable=False)
    method = _number(
        "Version of the estimator: another one may give other figures.", nullable=False
    )
    roll_calls = _number("Roll calls among them.", nullable=False)
    items = _number("Items: roll calls that come back with the same title are one.", nullable=False)
    votes = _number("Votes among them.", nullable=False)
    states = _number("States, each in all its sessions.", nullable=False)
    chains = _number("Chains.", nullable=False)
    sweeps = _number("Sweeps of each chain after its burn-in.", nullable=False)
    burn_in = _number("Sweeps of each chain that are left out.", nullable=False)
    seed = _number("Seed of the first chain; the next have the next numbers.", nullable=False)
    start_values = _text("Start values that set the sign of the scale.", nullable=False)
    seconds = _real("How long the sampling took.")
    largest_rhat = _real("Largest R-hat of an ideal point.")
    converged = _real("Share of the ideal points whose R-hat is at most 1.05.")


RAW_TABLES: dict[str, dict[str, type[dy.Schema]]] = {
    "undl": {"undl_votes": UndlVotes},
    "unxml": {
        "unxml_resolutions": UnxmlResolutions,
        "unxml_votes": UnxmlVotes,
        "unxml_subjects": UnxmlSubjects,
        "unxml_sponsors": UnxmlSponsors,
    },
    "voeten": {"voeten_roll_calls": VoetenRollCalls, "voeten_votes": VoetenVotes},
}

# Filled by every source, or by the user.
LEDGERS: dict[str, type[dy.Schema]] = {
    "releases": Releases,
    "repairs": Repairs,
    "reviews": Reviews,
}

# Filled by an estimation (ideal_points/), and taken over from the published file by a refresh.
ESTIMATES: dict[str, type[dy.Schema]] = {
    "ideal_points": IdealPoints,
    "ideal_point_draws": IdealPointDraws,
    "roll_call_parameters": RollCallParameters,
    "ideal_points_run": IdealPointsRun,
}

SCHEMAS: dict[str, type[dy.Schema]] = {
    name: schema
    for tables in (*RAW_TABLES.values(), LEDGERS, ESTIMATES)
    for name, schema in tables.items()
}


def polars_types(table: str) -> dict[str, pl.DataType]:
    """The columns of a raw table and their types in Polars."""
    return {name: column.dtype for name, column in SCHEMAS[table].columns().items()}


def ddl(table: str) -> str:
    """The columns of a raw table as DuckDB's `create table` takes them."""
    return ", ".join(f"{name} {DUCKDB_TYPES[kind]}" for name, kind in polars_types(table).items())


def comments(table: str) -> list[str]:
    """The statements that describe a raw table and its columns in the file."""
    schema = SCHEMAS[table]
    described = {f"table raw.{table}": " ".join((schema.__doc__ or "").split())} | {
        f"column raw.{table}.{name}": column.description or ""
        for name, column in schema.columns().items()
    }
    return [
        "comment on {} is '{}'".format(what, words.replace("'", "''"))
        for what, words in described.items()
    ]

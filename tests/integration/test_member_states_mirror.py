"""The real votes against the reference: every name and code is one state, and members voted.

Belongs here: what only the sources' files can show of the seeds. Not here: the reading of the files
for the warehouse; DuckDB reads them as they are.
"""

from pathlib import Path

import duckdb
import jinja2
import pytest

DBT = Path(__file__).parents[2] / "dbt_project"
SEEDS = ("member_states", "state_names", "state_codes", "kept_from_voting", "assembly_sessions")
pytestmark = pytest.mark.mirror

# Votes of a non-member, because of an error in the file: its date or its row.
KNOWN_VOTES_OF_NON_MEMBERS = {
    ("FJI", 1970, "R/25/2668A"),  # on the agenda, September 1970; Fiji was admitted in October
    ("FJI", 1970, "R/25/2668B"),
    ("CHE", 2002, "R/57/5"),  # dated 3 September 2002, before its session; adopted in October
}


@pytest.fixture(scope="module")
def db(mirror):
    con = duckdb.connect()
    for name in SEEDS:
        con.execute(
            f"create table {name} as select * from read_csv(?, all_varchar = true, nullstr = '')",
            [str(DBT / "seeds" / "reference" / f"{name}.csv")],
        )
    con.execute(
        """
        create table votes as
        select
            v.rcid, v.ccode::varchar as ccode, v.vote, v.session, v.unres, v.date, s.state,
            -- Before 1998 the day is unreliable: the vote was some day of that month.
            if(v.date < date '1998-01-01', date_trunc('month', v.date)::date, v.date) as earliest,
            if(v.date < date '1998-01-01', last_day(v.date), v.date) as latest
        from read_csv(?) as v
        left join state_codes as s
            on s.system = 'cow' and s.code = v.ccode::varchar
            and v.date >= coalesce(s.valid_from, '1900-01-01')::date
            and v.date < coalesce(s.valid_to, 'infinity')::date
        """,
        [str(mirror / "dataverse" / "UNVotes.csv.gz")],
    )
    yield con
    con.close()


def found(db, sql, *params):
    return set(db.execute(sql, list(params)).fetchall())


def key_of(column):
    source = (DBT / "macros" / "keys" / "state_name_key.sql").read_text(encoding="utf-8")
    return jinja2.Template(source + "{{ state_name_key(column) }}").render(column=column).strip()


def test_every_name_in_a_list_of_votes_is_a_state(db, mirror):
    unknown = found(
        db,
        f"""
        select name from (
            select distinct unnest(MS_in_favour || MS_against || MS_abstaining) as name
            from read_json(?, columns = {{
                MS_in_favour: 'varchar[]', MS_against: 'varchar[]', MS_abstaining: 'varchar[]'
            }})
        ) where {key_of("name")} not in (select name_key from state_names)
        """,
        str(mirror / "unxml" / "*.json"),
    )
    assert unknown == set()


def test_names_and_codes_of_the_digital_library_mean_the_same_state(db, mirror):
    differing = found(
        db,
        f"""
        with named as (select distinct ms_code, ms_name from read_csv(?))
        select ms_code, ms_name, n.state, c.state
        from named
        left join state_names as n on n.name_key = {key_of("named.ms_name")}
        left join state_codes as c on c.system = 'iso3' and c.code = named.ms_code
        where n.state is distinct from c.state or n.state is null
        """,
        str(mirror / "undl" / "2026_07_10_ga_voting.csv.gz"),
    )
    assert differing == set()


def test_every_code_of_a_voting_state_is_one_state(db):
    # The People's Republic has rows of absence in October 1971, alongside the votes of code 713.
    assert found(db, "select ccode, year(date) from votes where vote <> 9 and state is null") == {
        ("710", 1971)
    }
    doubled = found(
        db,
        """
        select rcid, state from votes where vote <> 9 and state is not null
        group by all having count(*) > 1
        """,
    )
    assert doubled == set()


def test_names_of_voeten_mean_the_state_of_his_code(db, mirror):
    differing = found(
        db,
        f"""
        with named as (select distinct ccode, Countryname as name from read_csv(?))
        select named.name, n.state
        from named
        left join state_names as n on n.name_key = {key_of("named.name")}
        left join (select distinct ccode, state from votes where vote <> 9) as v
            on v.ccode = named.ccode::varchar and v.state = n.state
        where v.state is null
        """,
        str(mirror / "dataverse" / "UNVotes.csv.gz"),
    )
    assert differing == set()


def test_only_members_voted(db):
    of_non_members = found(
        db,
        """
        select state, year(date), unres from votes
        where vote in (1, 2, 3) and not exists (
            select 1 from member_states as m
            where m.state = votes.state
                and votes.latest >= m.member_from::date
                and votes.earliest < coalesce(m.member_to, 'infinity')::date
        )
        """,
    )
    assert of_non_members == KNOWN_VOTES_OF_NON_MEMBERS


def test_a_new_member_soon_voted(db):
    """An admission date that is years too early would show as years without votes."""
    late = found(
        db,
        """
        select m.state, min(votes.date)
        from member_states as m
        inner join votes using (state)
        where vote in (1, 2, 3) and votes.latest >= m.member_from::date
        group by m.state, m.member_from
        having min(votes.date) > m.member_from::date + interval 13 months
        """,
    )
    # Absent for a year or more after their admission, by the UN's list.
    assert {state for state, _ in late} == {"DMA", "GEO", "KIR", "SLB", "SYC", "TUV", "UZB"}


def test_nobody_voted_who_was_kept_from_it(db):
    assert (
        found(
            db,
            """
            select k.state, votes.date from kept_from_voting as k
            inner join votes using (state)
            where vote in (1, 2, 3)
                and votes.earliest >= k.kept_from::date and votes.latest < k.kept_to::date
            """,
        )
        == set()
    )


def test_votes_fall_in_their_session(db):
    outside = found(
        db,
        """
        select distinct s.session, year(votes.date) from votes
        inner join assembly_sessions as s on s.session = votes.session::varchar
        where votes.latest < s.opened::date or votes.earliest > s.closed::date
        """,
    )
    special = found(
        db,
        """
        select distinct votes.session::varchar, year(votes.date) from votes
        inner join assembly_sessions as s on s.kind <> 'regular'
        where votes.latest >= s.opened::date and votes.earliest <= s.closed::date
        """,
    )
    # Votes of a special session are under the next regular one. The rest are wrong dates.
    assert outside - special == {
        ("17", 1962),  # R/16/1398, of the sixteenth session
        ("22", 1966),  # a draft of December 1967
        ("57", 2002),  # R/57/5, dated a week before the session
        ("59", 2005),  # R/59/307, dated after it
    }


@pytest.mark.parametrize(
    "session", ["74", "75", "76", "77", "78", "79", "80", "ES-10", "ES-11", "S-32"]
)
def test_resolutions_of_the_secretariat_fall_in_their_session(db, mirror, session):
    days = found(
        db,
        """
        with days as (
            select distinct replace(adoption_date, chr(160), ' ') as given
            from read_json(?, columns = {adoption_date: 'varchar'})
        )
        select coalesce(
            try_strptime(trim(given), '%d %B %Y'), try_strptime(given, '%Y-%m-%d %H:%M:%S')
        )::date
        from days
        """,
        str(mirror / "unxml" / f"{session}.json"),
    )
    [(opened, closed)] = found(
        db,
        """
        select opened::date, coalesce(closed, 'infinity')::date
        from assembly_sessions where session = ?
        """,
        session,
    )
    assert days
    assert {day for (day,) in days if day is None or not opened <= day <= closed} == set()

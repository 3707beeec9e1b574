"""Made-up facts for reports.

Belongs here: what queries.py would have found, in little. Not here: what a test says of it.
"""

from datetime import date, datetime

from reports.queries import Facts
from reports.question import Question

STATES = {
    "AAA": ("Aland", [{"from": date(1946, 1, 1), "to": None}]),
    "BBB": ("Bland (Kingdom of)", [{"from": date(1990, 5, 1), "to": None}]),
    "USA": ("United States of America", [{"from": date(1945, 10, 24), "to": None}]),
    "OLD": ("Oldland", [{"from": date(1945, 10, 24), "to": date(1993, 1, 1)}]),
}


def resolutions(first, last, as_member=40, on_middle_east=8):
    return {
        "in_all": 40,
        "as_member": as_member,
        "first_year": first,
        "last_year": last,
        "on_middle_east": on_middle_east,
    }


def placed(state, year, estimate, rhat=1.0):
    return {
        "state": state,
        "year": year,
        "estimate": estimate,
        "q05": estimate - 0.25,
        "q95": estimate + 0.25,
        "rhat": rhat,
    }


def estimated(is_current=True):
    return {"data_through": date(2003, 12, 9), "is_current": is_current}


def made(focus="AAA", powers=("BBB", "USA"), years=(2000, 2003), **given):
    nothing = {
        "cohesion": [],
        "opposition": [],
        "key_votes": [],
        "findings": [],
        "partners": [],
        "years": dict.fromkeys(range(years[0], years[1] + 1), 10),
        "resolutions": resolutions(*years),
        "releases": [],
        "freshness": {
            "synthetic": False,
            "data_through": date(2003, 12, 9),
            "built_at": datetime(2004, 1, 15, 12, 0),
        },
        "completeness": [],
        "gaps": [],
        "source_agreement": {},
        "coverage": None,
        "ideal_points": [],
        "ideal_points_run": None,
        "minimum_n": 5,
    }
    return Facts(
        question=Question(focus, powers, *years, "study"),
        states={
            state: {"state": state, "name": name, "spells": spells}
            for state, (name, spells) in STATES.items()
        },
        topics={"war": "War", "law": "Law", "sea": "Sea", "all": "All"},
        **(nothing | given),
    )

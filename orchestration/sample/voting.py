"""How the states of the invented Assembly vote.

Belongs here: ideal points, who has a seat, and the votes. Not here: what is voted on (agenda.py),
or files (files.py).

A spatial model in one dimension. A state stands at an ideal point x, a proposal at p and the status
quo that it would change at q; the state gains |x - q| - |x - p| from it, plus logistic noise. It
votes yes on a clear gain, no on a clear loss, and abstains otherwise.
"""

from datetime import date

import numpy as np
import polars as pl

from orchestration.layout import DBT_PROJECT
from orchestration.sample.agenda import Decision

YES, ABSTAIN, NO, ABSENT, NOT_MEMBER = 1, 2, 3, 8, 9
ABSENCE = 0.04
# A smaller gain or loss is no reason to vote for or against.
INDIFFERENCE = 0.5
NOISE = 0.22
# Ideal points of the voting states, from the South of the first years (-) to the West (+).
IDEAL_POINTS = {
    "USA": 2.0, "ISR": 1.9, "GBR": 1.5, "CAN": 1.4, "FRA": 1.3, "DEU": 1.1, "NOR": 1.0, "SWE": 0.9,
    "POL": 0.9, "JPN": 0.8, "GEO": 0.7, "UKR": 0.6, "TUR": 0.2, "MEX": -0.1, "KAZ": -0.2,
    "SSD": -0.2, "BRA": -0.3, "KEN": -0.4, "ZAF": -0.6, "IND": -0.6, "NGA": -0.6, "SAU": -0.7,
    "IDN": -0.8, "EGY": -0.8, "RUS": -0.8, "PAK": -0.9, "CHN": -1.0, "BLR": -1.1, "VNM": -1.1,
    "IRN": -1.2, "CUB": -1.4, "CSK": -0.6, "DDR": -1.2,
}  # fmt: skip


def _seats(decisions: list[Decision]) -> pl.DataFrame:
    """Who had a seat: columns place, state, name, cow_code, seated, can_vote.

    One row per roll call (by its place in the list) and member of its day, and one per roll call
    and voting state that was not a member then (seated false), as the Dataverse file has them.
    """
    days = pl.DataFrame(
        {"place": range(len(decisions)), "day": [decision.day for decision in decisions]},
        schema={"place": pl.Int32, "day": pl.Date},
    )
    reference = DBT_PROJECT / "seeds" / "reference"
    spells = pl.read_csv(reference / "member_states.csv", try_parse_dates=True)
    kept = pl.read_csv(reference / "kept_from_voting.csv", try_parse_dates=True)
    never = pl.lit(date.max)
    held = days.join_where(
        spells,
        pl.col("day") >= pl.col("member_from"),
        pl.col("day") < pl.col("member_to").fill_null(never),
    )
    barred = days.join_where(
        kept,
        pl.col("day") >= pl.col("kept_from"),
        pl.col("day") < pl.col("kept_to").fill_null(never),
    )
    voters = spells.filter(pl.col("state").is_in(list(IDEAL_POINTS))).unique(
        "state", keep="last", maintain_order=True
    )
    columns = ["place", "state", "name", "cow_code", "seated", "can_vote"]
    members = held.join(
        barred.select("place", "state", barred=True), on=["place", "state"], how="left"
    ).select(
        "place",
        "state",
        "name",
        "cow_code",
        seated=pl.lit(True),
        can_vote=pl.col("barred").is_null() & pl.col("state").is_in(list(IDEAL_POINTS)),
    )
    others = (
        days.join(voters, how="cross")
        .join(members, on=["place", "state"], how="anti")
        .select("place", "state", "name", "cow_code", seated=pl.lit(False), can_vote=pl.lit(False))
    )
    return pl.concat([members.select(columns), others.select(columns)]).sort("place", "cow_code")


def votes_on(decisions: list[Decision], random: np.random.Generator) -> pl.DataFrame:
    """How the states voted: the seats and a column `vote` in Voeten's numbers.

    Members that are not among the voting states are absent from every vote.
    """
    states = list(IDEAL_POINTS)
    shape = (len(decisions), len(states))
    points = np.array([IDEAL_POINTS[state] for state in states])
    shift = 0.5 * (random.random((shape[0], 1)) - 0.5)
    proposal = np.array([[decision.item.proposal] for decision in decisions]) + shift
    status_quo = np.array([[decision.item.status_quo] for decision in decisions]) + shift
    lot = np.clip(random.random(shape), 1e-9, 1 - 1e-9)
    gain = np.abs(points - status_quo) - np.abs(points - proposal)
    gain += NOISE * np.log(lot / (1 - lot))
    # A state in favour of an item's proposals opposes what others would put in their place.
    rejected = np.array([decision.kind in ("amendment", "not_adopted") for decision in decisions])
    gain[rejected] *= -1
    present = random.random(shape) >= ABSENCE

    seats = _seats(decisions)
    column = {state: place for place, state in enumerate(states)}
    voting = seats.filter("can_vote")
    rows = voting["place"].to_numpy()
    columns = voting["state"].replace_strict(column, return_dtype=pl.Int32).to_numpy()
    can_vote = np.zeros(shape, dtype=bool)
    can_vote[rows, columns] = True
    votes = _settled(gain, can_vote & present, rejected)
    cast = voting.select("place", "state", cast=pl.Series(votes[rows, columns]))
    return seats.join(cast, on=["place", "state"], how="left", maintain_order="left").with_columns(
        vote=pl.when("seated").then(pl.col("cast").fill_null(ABSENT)).otherwise(NOT_MEMBER)
    )


def _settled(gain: np.ndarray, votes: np.ndarray, rejected: np.ndarray) -> np.ndarray:
    """Votes by gains; a text is softened until it carries, or sharpened until it falls.

    `gain` and `votes` (who votes at all) are roll calls by states, `rejected` one a roll call.
    """
    while True:
        yes, no = votes & (gain > INDIFFERENCE), votes & (gain < -INDIFFERENCE)
        carried = yes.sum(axis=1) > no.sum(axis=1)
        wrong = carried == rejected
        if not wrong.any():
            return np.select([yes, no, votes], [YES, NO, ABSTAIN], ABSENT)
        gain[wrong] += np.where(rejected[wrong], -0.1, 0.1)[:, None]

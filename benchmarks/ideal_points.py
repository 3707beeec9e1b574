"""Whether the ideal points are right, and what they cost.

Belongs here: the comparison with published estimates, the coverage of intervals, convergence, time
and memory, on real votes: an hour and more. Not here: the sampler on small tables
(tests/unit/test_ideal_points.py).
"""

import os
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import networkx as nx
import numpy as np
import polars as pl

from benchmarks.tables import megabytes, seconds, table
from benchmarks.watch import watch
from ideal_points.estimates import LONG, USUAL, Estimates, estimate
from ideal_points.votes import ENTERING, Series, read_series, series_of
from orchestration.layout import Layout

TITLE = "Ideal points"
# Of votes that are not those of a file.
NOWHERE = ("all_votes", "", date(2019, 12, 31))
# Standard deviations on either side of the estimate that hold so much of a normal distribution.
NORMAL = {50: 0.6745, 80: 1.2816, 90: 1.6449}
# The votes of the release of April 2020, by the columns of Voeten's file: no paragraphs and
# amendments after session 44, no unanimous votes, no session 19.
VOTES_OF_2020 = """
    with counted as (
        select roll_call, count(distinct vote) as answers
        from raw.voeten_votes where vote in (1, 2, 3) group by roll_call
    )
    select
        votes.ccode,
        case votes.ccode
            when 2 then 'USA' when 20 then 'CAN' when 200 then 'GBR' when 666 then 'ISR'
            when 365 then 'RUS' when 265 then 'DDR' else votes.ccode::varchar
        end as state,
        roll_calls.session::smallint as session,
        roll_calls.rcid,
        roll_calls.rcid::varchar as roll_call_id,
        (votes.vote - 1)::tinyint as vote,
        coalesce(bridged.item, votes.roll_call) as item
    from raw.voeten_votes as votes
    inner join raw.voeten_roll_calls as roll_calls using (roll_call)
    inner join counted using (roll_call)
    left join intermediate.int_roll_call_ids as ids
        on ids.source = 'voeten' and ids.source_key = votes.roll_call
    left join intermediate.int_ideal_point_roll_calls as bridged
        on ids.roll_call_id = bridged.roll_call_id and bridged.series = 'all_votes'
    where votes.vote in (1, 2, 3) and counted.answers > 1
        and roll_calls.session <= 74 and roll_calls.session <> 19
        and not (roll_calls.session > 44 and coalesce(roll_calls.para or roll_calls.amend, false))
    order by state, session, roll_calls.rcid
"""


def section(published: Path) -> str:
    """Measure all of it on the real votes of a published file.

    Raises RuntimeError if UNGA_MIRROR names no folder that has `reference` beside it.
    """
    reference = Path(os.environ.get("UNGA_MIRROR", "")).parent / "reference"
    if not os.environ.get("UNGA_MIRROR") or not reference.is_dir():
        raise RuntimeError("UNGA_MIRROR names no folder beside the reference figures")
    with duckdb.connect(published, read_only=True) as connection:
        series = read_series(connection, "all_votes")
        votes = connection.sql(ENTERING, params=["all_votes"]).pl()
        votes_of_2020 = connection.sql(VOTES_OF_2020).pl()
    usual = estimate(series, replace(USUAL, seed=1))
    truth, drawn = _drawn(series, usual)
    parts = []
    for measure in (
        lambda: _halves(votes, drawn),
        lambda: _beside_published(votes_of_2020, reference),
        lambda: _coverage(series, truth, drawn),
        lambda: _cost(published),
        lambda: _convergence(series, usual),
    ):
        parts.append(measure())
        print(parts[-1], flush=True)
    return "\n".join(parts)


def _cost(published: Path) -> str:
    """The command on a copy of the file, both main series at the usual settings."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Layout(Path(folder)).published(synthetic=False)
        copy.write_bytes(published.read_bytes())
        unga = Path(sys.executable).with_name("unga")
        run = watch([unga, "estimate", "--again"], {"UNGA_WAREHOUSE": folder})
    return table(
        ["`unga estimate`, both main series", "seconds", "peak memory"],
        [["two chains of 1,500 sweeps after 500", seconds(run.seconds), megabytes(run.peak)]],
    )


def _beside_published(votes: pl.DataFrame, reference: Path) -> str:
    """Correlation and width beside Voeten's release of April 2020, from the same votes."""
    stated = pl.read_csv(reference / "idealpoints_apr2020.csv").cast(
        {"session": pl.Int16, "ccode": votes["ccode"].dtype}
    )
    codes = votes.select("state", "ccode").unique()
    bridges = pl.read_csv(reference / "bridges_voeten.csv").select("rcid1", "rcid2")
    linked = nx.Graph(bridges.iter_rows())
    linked.add_nodes_from(votes["rcid"].unique())
    of_his = {rcid: str(min(group)) for group in nx.connected_components(linked) for rcid in group}
    lists = {
        "recurring titles, this project's": votes,
        "identical texts, Voeten's list": votes.with_columns(
            item=pl.col("rcid").replace_strict(of_his, return_dtype=pl.String)
        ),
    }
    rows, found = [], []
    for bridging, of_list in lists.items():
        points = estimate(series_of(of_list, *NOWHERE)).ideal_points
        both = points.join(codes, on="state").join(stated, on=["ccode", "session"])
        found.append(both)
        by_session = both.group_by("session").agg(pl.corr("estimate", "IdealPoint").alias("r"))
        width = (both["q95"] - both["q05"]) / (both["Q95%"] - both["Q5%"])
        rows.append(
            [
                bridging,
                f"{np.corrcoef(both['estimate'], both['IdealPoint'])[0, 1]:.4f}",
                f"{min(by_session['r']):.4f}",
                f"{np.median(width):.2f}",
                f"{of_list['item'].n_unique():,} of {of_list['rcid'].n_unique():,}",
                f"{len(both):,} of {len(stated):,}",
            ]
        )
    ours, his = (frame.sort("ccode", "session")["estimate"] for frame in found)
    rows.append(["the two beside each other", f"{np.corrcoef(ours, his)[0, 1]:.4f}", *[""] * 4])
    return table(
        ["bridged by", "r, pooled", "r, lowest session", "width of 90 % intervals, median ratio",
         "items, roll calls", "state-sessions"],
        rows,
    )  # fmt: skip


def _drawn(series: Series, found: Estimates) -> tuple[np.ndarray, np.ndarray]:
    """Ideal points, one a unit, and votes drawn from the model at them, as real in their design.

    The ideal points are the estimates from the real votes, the votes as many and in their order.
    """
    truth = found.ideal_points["estimate"].cast(pl.Float64).to_numpy()
    truth = (truth - truth.mean()) / truth.std()
    items = found.roll_call_parameters.join(series.roll_calls, on="roll_call_id").unique("number")
    beta, low, high = (
        items.sort("number")[name].to_numpy()
        for name in ("discrimination", "yes_below", "no_above")
    )
    item, unit = series.votes.item, series.votes.unit
    latent = beta[item] * truth[unit] + np.random.default_rng(1946).normal(size=len(unit))
    return truth, (latent > low[item]).astype(np.int8) + (latent > high[item])


def _coverage(series: Series, truth: np.ndarray, drawn: np.ndarray) -> str:
    """How often intervals hold the ideal points of which votes were drawn."""
    points = estimate(replace(series, votes=replace(series.votes, vote=drawn))).ideal_points
    off = np.abs(points["estimate"].to_numpy() - truth) / points["sd"].to_numpy()
    return table(
        ["interval", "holds the ideal point that the votes were drawn from"],
        [[f"{share} %", f"{(off < bound).mean():.1%}"] for share, bound in NORMAL.items()],
    )


def _halves(votes: pl.DataFrame, drawn: np.ndarray) -> str:
    """The same states from two random halves: of the items, of the roll calls, of the votes.

    An item, or roll call, is in one half. Where roll calls are split, those of an item that recurs
    can be in both halves; where single votes are, both halves have every roll call. On votes drawn
    from the model, the standardised difference is what right intervals give: less than 1, since
    both halves lean on the same prior.
    """
    chance = np.random.default_rng(1946).random(len(votes)) < 0.5
    by_item = _in_first_half("item", votes)
    splits = {
        "items": (votes, by_item),
        "items, votes drawn from the model": (votes.with_columns(vote=pl.Series(drawn)), by_item),
        "roll calls": (votes, _in_first_half("roll_call_id", votes)),
        "single votes": (votes, pl.lit(pl.Series(chance))),
    }
    rows = []
    for what, (cast, first) in splits.items():
        halves = [cast.filter(first), cast.filter(~first)]
        both = [estimate(series_of(half, *NOWHERE)).ideal_points for half in halves]
        pair = (
            both[0]
            .join(both[1], on=["state", "session"], suffix="_2")
            .with_columns(
                off=(pl.col("estimate") - pl.col("estimate_2"))
                / (pl.col("sd") ** 2 + pl.col("sd_2") ** 2).sqrt()
            )
        )
        rows.append(
            [
                what,
                f"{len(pair):,}",
                *(
                    f"{pair.filter(pl.col('session').is_between(*sessions))['off'].std():.2f}"
                    for sessions in ((1, 99), (1, 59), (60, 99))
                ),
                f"{pair.select(pl.corr('estimate', 'estimate_2')).item():.4f}",
            ]
        )
    return table(
        ["split by", "state-sessions", "sd of the standardised difference: all",
         "sessions 1 to 59", "sessions from 60 on", "r, all"],
        rows,
    )  # fmt: skip


def _in_first_half(column: str, votes: pl.DataFrame) -> pl.Expr:
    """Whether a vote is in the first half, where what the column names is split at random."""
    found = votes[column].unique().sort()
    return pl.col(column).is_in(found.sample(len(found) // 2, seed=1946).implode())


def _convergence(series: Series, usual: Estimates) -> str:
    """R-hat at the usual and the long settings, and which sessions have not converged."""
    long = estimate(series, LONG)
    return table(
        ["chains", "R-hat up to 1.05", "largest R-hat", "R-hat above 1.05 most often in sessions"],
        [
            [
                f"{settings.chains} of {settings.sweeps:,} sweeps after {settings.burn_in:,}",
                f"{found.ideal_points_run['converged'].item():.1%}",
                f"{found.ideal_points_run['largest_rhat'].item():.2f}",
                _worst(found),
            ]
            for settings, found in [(USUAL, usual), (LONG, long)]
        ],
    )


def _worst(found: Estimates) -> str:
    shares = (
        found.ideal_points.group_by("session")
        .agg((pl.col("rhat") > 1.05).mean().alias("share"))
        .filter(pl.col("share") > 0)
        .sort("share", descending=True)
        .head(5)
    )
    return ", ".join(f"{session} ({share:.0%})" for session, share in shares.iter_rows()) or "none"

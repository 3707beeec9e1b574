"""The synthetic Assembly: the same each time, true to the sources' layouts, and plainly invented.

Belongs here: the files that `make_sample` writes. Not here: what the warehouse makes of them.
"""

import gzip
import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from orchestration.sample.agenda import VOETEN_SESSIONS
from orchestration.sample.files import make_sample
from orchestration.sample.voting import IDEAL_POINTS

DBT = Path(__file__).parents[2] / "dbt_project"
VOETEN_COLUMNS = (
    "rcid ccode member vote session Country Countryname year date unres amend para short descr "
    "me nu di hr co ec importantvote resid"
)
UNDL_COLUMNS = (
    "undl_id ms_code ms_name ms_vote date session resolution draft committee_report meeting title "
    "agenda_title subjects vote_note total_yes total_no total_abstentions total_non_voting "
    "total_ms undl_link"
)
SAMPLE_CODES = {1: "Y", 2: "A", 3: "N", 8: "X"}
LISTS = {"MS_in_favour": "Y", "MS_against": "N", "MS_abstaining": "A"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    make_sample(folder)
    return folder


@pytest.fixture(scope="module")
def voeten(sample: Path) -> pl.DataFrame:
    return pl.read_csv(sample / "dataverse" / "UNVotes.csv.gz", try_parse_dates=True)


@pytest.fixture(scope="module")
def undl(sample: Path) -> pl.DataFrame:
    (file,) = (sample / "undl").glob("*_ga_voting.csv.gz")
    return pl.read_csv(
        gzip.decompress(file.read_bytes()),
        try_parse_dates=True,
        schema_overrides={"session": pl.String},
    )


@pytest.fixture(scope="module")
def unxml(sample: Path) -> dict[str, list[dict]]:
    return {
        file.stem: [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for file in (sample / "unxml").glob("*.json")
    }


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(sample, tmp_path):
    make_sample(tmp_path / "again")
    make_sample(tmp_path / "other", seed=1947)
    assert hashes(tmp_path / "again") == hashes(sample)
    other = hashes(tmp_path / "other")
    assert other.keys() == hashes(sample).keys()
    assert not other.items() & hashes(sample).items()


def test_the_layouts_are_those_of_the_sources(sample, voeten, undl, unxml):
    assert " ".join(voeten.columns) == VOETEN_COLUMNS
    assert " ".join(undl.columns) == UNDL_COLUMNS
    (file,) = (sample / "undl").iterdir()
    packed = gzip.decompress(file.read_bytes())
    assert packed.startswith(b"\xef\xbb\xbf")
    assert set(voeten["vote"]) == {1, 2, 3, 8, 9}
    assert set(undl["ms_vote"]) == {"Y", "N", "A", "X"}
    assert set(unxml) == {"74", "75", "76", "77", "78", "ES-11"}
    assert unxml["74"][0]["adoption_date"] == "2019-10-08 00:00:00"
    assert unxml["75"][0]["adoption_date"] == "8 October 2020"
    assert "voting_type" in unxml["78"][0]


def test_nothing_in_it_can_be_taken_for_a_real_resolution(voeten, undl, unxml):
    symbols = {*voeten["unres"].drop_nulls(), *undl["resolution"]}
    symbols |= {line["symbol"] for lines in unxml.values() for line in lines}
    assert all(int(symbol.rsplit("/", 1)[1]) > 9000 for symbol in symbols)
    assert voeten["descr"].str.contains("Synthetic").all()
    assert undl["title"].str.contains("Synthetic").all()
    assert all("Synthetic" in line["title"] for lines in unxml.values() for line in lines)


def test_sources_agree_where_they_overlap(voeten, undl, unxml):
    shared = voeten.filter(
        (pl.col("amend") == 0) & (pl.col("para") == 0) & (pl.col("vote") != 9)
    ).join(undl, left_on=["unres", "Country"], right_on=["resolution", "ms_code"])
    assert shared["unres"].n_unique() == 60
    assert (shared["vote"].replace_strict(SAMPLE_CODES) == shared["ms_vote"]).all()
    assert (shared["date"] == shared["date_right"]).all()

    names = pl.read_csv(DBT / "seeds" / "reference" / "state_names.csv")
    codes = {row["name"].upper(): row["state"] for row in names.iter_rows(named=True)}
    cast = undl.filter(pl.col("ms_vote") != "X")
    expected = set(cast.select("resolution", "ms_code", "ms_vote").iter_rows())
    listed = {
        (line["symbol"], codes[name], letter)
        for session, lines in unxml.items()
        for line in lines
        for side, letter in LISTS.items()
        for name in line[side]
        if session != "78"
    }
    assert listed == expected


def test_stated_totals_are_those_of_the_lists(undl, unxml):
    counted = undl.group_by("resolution").agg(
        pl.col(
            "total_yes", "total_no", "total_abstentions", "total_non_voting", "total_ms"
        ).first(),
        *[(pl.col("ms_vote") == letter).sum().alias(letter) for letter in "YNAX"],
        ms=pl.len(),
    )
    for total, letter in zip(
        ["total_yes", "total_no", "total_abstentions", "total_non_voting", "total_ms"],
        [*"YNAX", "ms"],
        strict=True,
    ):
        assert (counted[total] == counted[letter]).all()
    for line in (line for lines in unxml.values() for line in lines):
        if line["adoption_type"] == "By a recorded vote":
            assert all(line[f"{side}_count"] == str(len(line[side])) for side in LISTS)
        else:
            assert not any(line[side] for side in LISTS)


def test_only_members_of_the_day_vote_and_every_member_is_listed(voeten):
    spells = pl.read_csv(DBT / "seeds" / "reference" / "member_states.csv", try_parse_dates=True)
    seated = voeten.filter(pl.col("vote") != 9).select("rcid", "date", state="Country")
    days = voeten.select("rcid", "date").unique()
    members = days.join(spells, how="cross").filter(
        pl.col("date") >= pl.col("member_from"),
        (pl.col("date") < pl.col("member_to")).fill_null(True),
    )
    keys = ["rcid", "state"]
    assert seated.height == members.height
    assert seated.join(members, on=keys, how="anti").is_empty()
    assert not voeten.select("rcid", "ccode").is_duplicated().any()


def test_founders_dissolved_and_young_states_vote_in_their_time(voeten):
    cast = voeten.filter(pl.col("vote") <= 3)
    assert set(cast["Country"]) == set(IDEAL_POINTS)
    assert cast.filter(Country="CSK")["session"].max() == 47
    assert cast.filter(Country="DDR")["date"].max().year == 1990
    assert cast.filter(Country="SSD")["session"].min() == 66
    # Kept from voting until 1994.
    assert cast.filter(Country="ZAF")["date"].min().year >= 1994


def test_states_vote_as_their_positions_say(voeten):
    cast = voeten.filter((pl.col("vote") <= 3) & (pl.col("amend") == 0) & (pl.col("para") == 0))
    votes = cast.pivot(on="Country", index="rcid", values="vote")
    alike = {
        (first, second): (votes[first] == votes[second]).mean()
        for first, second in [("USA", "GBR"), ("USA", "CUB"), ("CHN", "RUS"), ("KAZ", "USA")]
    }
    assert alike["USA", "GBR"] > 0.6 > 0.3 > alike["USA", "CUB"]
    assert alike["CHN", "RUS"] > 0.6 > 0.4 > alike["KAZ", "USA"]


def test_adopted_texts_carry_and_others_do_not(voeten):
    counted = voeten.group_by("rcid", "amend", "para", "unres").agg(
        carried=(pl.col("vote") == 1).sum() > (pl.col("vote") == 3).sum()
    )
    rejected = counted.filter((pl.col("amend") == 1) | pl.col("unres").is_null())
    adopted = counted.join(rejected, on="rcid", how="anti")
    assert rejected.height == 2 * len(VOETEN_SESSIONS)
    assert not rejected["carried"].any()
    assert adopted["carried"].all()


@pytest.mark.parametrize("scale", [1, 3])
def test_scale_multiplies_the_roll_calls_and_scale_one_is_as_reviewed(tmp_path, scale):
    make_sample(tmp_path, scale=scale)
    expected = pl.read_csv(
        DBT / "seeds" / "completeness" / "expected_roll_calls.csv",
        schema_overrides={"session": pl.String},
    ).filter(assembly="synthetic")
    (undl_file,) = (tmp_path / "undl").iterdir()
    undl = pl.read_csv(gzip.decompress(undl_file.read_bytes()), infer_schema=False)
    voeten = pl.read_csv(tmp_path / "dataverse" / "UNVotes.csv.gz", infer_schema=False)
    found = {
        **{
            ("voeten", session): ids
            for session, ids in voeten.group_by("session").agg(pl.col("rcid").n_unique()).rows()
        },
        **{
            ("undl", session): ids
            for session, ids in undl.group_by("session").agg(pl.col("undl_id").n_unique()).rows()
        },
        **{
            ("unxml", file.stem): file.read_text(encoding="utf-8").count("By a recorded vote")
            for file in (tmp_path / "unxml").iterdir()
        },
    }
    reviewed = {
        (source, session): scale * number
        for source, session, number in expected.select("source", "session", "roll_calls").rows()
    }
    assert found == reviewed


def test_a_scale_below_one_is_refused(tmp_path):
    with pytest.raises(ValueError, match="scale is 0"):
        make_sample(tmp_path, scale=0)


def test_the_key_votes_of_the_sample_have_its_totals(unxml):
    seed = pl.read_csv(DBT / "seeds" / "key_votes" / "key_votes_seed.csv").filter(
        assembly="synthetic"
    )
    stated = {
        (line["symbol"], line["title"], *(int(line[f"{side}_count"]) for side in LISTS))
        for line in unxml["ES-11"]
    }
    assert set(seed.select("symbol", "title", "yes", "no", "abstain").iter_rows()) == stated

"""Exported files: read back by other libraries they are the marts, and they describe themselves.

Belongs here: rows, keys, codes, descriptions, and what a public export has, on the sample. Not
here: joins with country data (test_exports_join.py), or full disks and interruptions
(tests/faults).
"""

import json
import shutil
import subprocess
from pathlib import Path

import duckdb
import frictionless
import mlcroissant
import numpy as np
import pandas as pd
import pyreadr
import pyreadstat
import pytest
import yaml
from typer.testing import CliRunner
from warehouses import fingerprint

from orchestration.cli.app import app
from orchestration.layout import Layout
from orchestration.published.exports import FILES, Asked, ExportError, export
from orchestration.published.exports.formats import STATA_LABEL, STATA_NAME, VOTES, label
from orchestration.published.exports.package import DESCRIPTION
from orchestration.published.exports.tables import MEASURES
from orchestration.published.public import NOT_PUBLIC, PUBLIC, count_public_pairs, make_public
from orchestration.published.query import open_published
from orchestration.run.leftovers import UNFINISHED

# Which of the sample's years the slower readers read.
YEARS = (2023, 2024)
DYADS = """
    select
        a.cow_code as ccode1, b.cow_code as ccode2, a.gw_code as gwcode1, b.gw_code as gwcode2,
        found.state as iso3_1, found.partner as iso3_2, found.year, found.scheme, found.topic,
        found.n, {measures}
    from unga.marts.cohesion_by_pair_year_topic as found
    inner join unga.marts.state_years as a on found.state = a.state and found.year = a.year
    inner join unga.marts.state_years as b on found.partner = b.state and found.year = b.year
""".format(
    measures=", ".join(
        f"found.{name} as {column}, found.{name}_se as {column}_se"
        for name, column in MEASURES.items()
    )
)


@pytest.fixture(scope="module")
def published(built_sample: Path) -> Path:
    return Layout(built_sample).published(True)


@pytest.fixture(scope="module")
def whole(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files of the sample in their usual formats."""
    return export(published, tmp_path_factory.mktemp("whole")).folder


@pytest.fixture(scope="module")
def public(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files of the sample that may be passed on."""
    return export(published, tmp_path_factory.mktemp("public"), public=True).folder


@pytest.fixture
def marts(published: Path):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as unga (read_only)")
        yield connection


def differ(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> list:
    """Rows that are in one query only, each as often as it is there."""
    return connection.execute(
        f"(({one}) except all ({other})) union all (({other}) except all ({one}))"
    ).fetchall()


def package(folder: Path) -> dict:
    return json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))


def rows(folder: Path, name: str, columns: str = "*") -> str:
    path = "pairs/**/*.parquet" if name == "pairs" else f"{name}.parquet"
    return f"select {columns} from read_parquet('{folder / path}', hive_partitioning = false)"


@pytest.mark.parametrize(
    ("name", "columns", "theirs"),
    [
        ("roll_calls", "*", "from unga.marts.dim_roll_calls"),
        ("topics", "*", "from unga.marts.dim_topics"),
        ("doubts", "*", "from unga.marts.doubts"),
        ("pairs", "*", "from unga.marts.vote_pairs"),
        (
            "votes",
            "roll_call_id, iso3, vote, year",
            "select roll_call_id, state, vote, year from unga.marts.fct_votes",
        ),
        (
            "roll_call_topics",
            "roll_call_id, scheme, topic, evidence, certainty",
            "from unga.marts.bridge_roll_call_topics",
        ),
        (
            "groups",
            "group_code, iso3, joined_on, left_on",
            "select group_code, state, joined_on, left_on from unga.marts.dim_group_members",
        ),
        (
            "states",
            "iso3, year, ccode, gwcode",
            "select state, year, cow_code, gw_code from unga.marts.state_years",
        ),
    ],
)
def test_a_file_has_the_rows_of_its_mart(whole, marts, name, columns, theirs):
    assert differ(marts, rows(whole, name, columns), theirs) == []


@pytest.mark.parametrize("name", ["dyads", "dyads_by_topic"])
def test_dyads_have_the_measures_of_the_marts_under_the_lower_number_first(whole, marts, name):
    where = "scheme = 'study' and topic = 'all'" if name == "dyads" else "topic <> 'all'"
    columns = [c for (c, *_) in marts.execute(f"describe {DYADS}").fetchall()]
    ours = rows(whole, name, ", ".join(columns))
    theirs = f"select * from ({DYADS}) where {where} and (ccode1 < ccode2 or ccode2 is null)"
    assert differ(marts, ours, theirs) == []


def test_counts_of_a_dyad_are_seen_from_its_first_state(whole, marts):
    turned = marts.execute(
        f"""
        select count(*) from ({rows(whole, "dyads")}) as dyads
        inner join unga.marts.vote_pairs as pairs
            on pairs.state_a = dyads.iso3_2 and pairs.state_b = dyads.iso3_1
            and pairs.year = dyads.year and pairs.scheme = dyads.scheme
            and pairs.topic = dyads.topic
        where (pairs.ny, pairs.ay, pairs.absent_b) = (dyads.yn, dyads.ya, dyads.absent1)
        """
    ).fetchall()
    of_all = marts.execute(
        f"select count(*) from ({rows(whole, 'dyads')}) where iso3_1 > iso3_2"
    ).fetchall()
    assert turned == of_all
    assert of_all[0][0] > 0


def test_ideal_points_and_their_distances_are_those_of_the_marts(whole, marts):
    differing = marts.execute(
        f"""
        select count(*) filter (
            abs(abs(a.idealpoint - b.idealpoint) - dyads.idealpointdistance) > 1e-9
        ), count(dyads.idealpointdistance), count(points.estimate) filter (
            points.estimate::double is distinct from a.idealpoint
        )
        from ({rows(whole, "dyads")}) as dyads
        inner join ({rows(whole, "states")}) as a on a.iso3 = dyads.iso3_1 and a.year = dyads.year
        inner join ({rows(whole, "states")}) as b on b.iso3 = dyads.iso3_2 and b.year = dyads.year
        left join unga.marts.ideal_points as points
            on points.state = a.iso3 and points.year = a.year and points.series = 'all_votes'
        """
    ).fetchall()
    ((wrong, there, other),) = differing
    assert (wrong, other) == (0, 0)
    assert there > 0


def test_both_orders_are_there_when_asked_for(published, marts, tmp_path):
    export(published, tmp_path, ["dyads"], Asked(ordered=True, years=YEARS))
    columns = [c for (c, *_) in marts.execute(f"describe {DYADS}").fetchall()]
    theirs = f"select * from ({DYADS}) where scheme = 'study' and topic = 'all' and year in {YEARS}"
    assert differ(marts, rows(tmp_path, "dyads", ", ".join(columns)), theirs) == []


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if file.key])
def test_keys_are_unique_and_never_missing(whole, marts, name):
    key = ", ".join(FILES[name].key)
    found = marts.execute(
        f"select count(*), count(distinct ({key})), "
        f"count(*) filter (({' or '.join(f'{one} is null' for one in FILES[name].key)})) "
        f"from ({rows(whole, name)})"
    ).fetchall()
    ((all_rows, different, missing),) = found
    assert all_rows == different > 0
    assert missing == 0


def test_numbers_of_cow_and_gw_are_of_one_state_a_year(whole):
    states = pd.read_csv(whole / "states.csv")
    for code in ("ccode", "gwcode"):
        assert not states.dropna(subset=[code]).duplicated([code, "year"]).any()


def test_csv_read_by_pandas_is_the_parquet_file(whole):
    for name in ("states", "groups", "topics"):
        csv = pd.read_csv(whole / f"{name}.csv", keep_default_na=False, na_values=[""])
        parquet = pd.read_parquet(whole / f"{name}.parquet")
        assert list(csv.columns) == list(parquet.columns)
        assert len(csv) == len(parquet)
        for column in csv.select_dtypes("number"):
            # A column without any value is one of objects in Parquet.
            theirs = parquet[column].astype(csv[column].dtype)
            pd.testing.assert_series_equal(csv[column], theirs, check_dtype=False)
    packed = pd.read_csv(whole / "votes.csv.gz")
    assert packed["vote"].value_counts().to_dict() == (
        pd.read_parquet(whole / "votes.parquet")["vote"].value_counts().to_dict()
    )


@pytest.mark.parametrize("name", FILES)
def test_stata_files_are_within_its_limits_and_have_the_same_rows(published, tmp_path, name):
    asked = Asked() if name == "doubts" else Asked(years=YEARS)
    written = export(published, tmp_path, [name], asked, formats=["dta", "parquet"])
    files = [file for file in written.files if file.suffix == ".dta"]
    frames, meta = [], None
    for file in files:
        frame, meta = pyreadstat.read_dta(file)
        frames.append(frame)
    stata = pd.concat(frames)
    assert meta is not None
    found = sorted(tmp_path.rglob("*.parquet"))
    parquet = pd.concat([pd.read_parquet(file, partitioning=None) for file in found])
    assert list(stata.columns) == list(parquet.columns)
    assert all(len(column) <= STATA_NAME for column in stata.columns)
    assert all(0 < len(words) <= STATA_LABEL for words in meta.column_labels)
    assert len(stata) == len(parquet) > 0
    order = list(FILES[name].key)
    if order:
        stata, parquet = (f.sort_values(order, ignore_index=True) for f in (stata, parquet))
    for column in parquet.select_dtypes("number"):
        pd.testing.assert_series_equal(
            stata[column].astype(float), parquet[column].astype(float), check_names=False
        )
    for column in ("vote", "iso3", "title", "says"):
        if column in parquet and order:
            texts = stata[column]
            texts = texts.map(VOTES) if column == "vote" else texts
            assert texts.to_list() == parquet[column].fillna("").to_list()
    if name == "votes":
        assert meta.variable_value_labels["vote"] == VOTES
    if name == "states":
        assert meta.variable_value_labels["member"] == {0: "no", 1: "yes"}


def test_r_files_read_by_pyreadr_have_the_same_rows(published, tmp_path):
    export(published, tmp_path, ["states", "dyads"], Asked(years=YEARS), ["rds", "parquet"])
    for name in ("states", "dyads"):
        [rds] = pyreadr.read_r(str(tmp_path / f"{name}.rds")).values()
        parquet = pd.read_parquet(tmp_path / f"{name}.parquet")
        assert list(rds.columns) == list(parquet.columns)
        for column in parquet.select_dtypes("number"):
            ours = parquet[column].to_numpy(float, na_value=float("nan"))
            np.testing.assert_array_equal(rds[column].to_numpy(float), ours)
        assert rds["year"].to_list() == parquet["year"].to_list()


def test_r_reads_what_is_written_for_it(published, tmp_path):
    rscript = shutil.which("Rscript")
    if not rscript:
        pytest.skip("Rscript is not there: files are not read by R here")
    export(published, tmp_path, ["states"], formats=["rds", "csv"])
    code = "x <- readRDS('states.rds'); y <- read.csv('states.csv'); " + (
        "stopifnot(nrow(x) == nrow(y), all(x$ccode == y$ccode, na.rm = TRUE))"
    )
    ran = subprocess.run([rscript, "-e", code], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_a_long_file_comes_in_parts_by_years(published, tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.published.exports.folder.ROWS_IN_MEMORY", 1000)
    export(published, tmp_path, ["dyads"], formats=["dta", "parquet"])
    parts = sorted(tmp_path.glob("dyads_*.dta"))
    assert len(parts) > 1
    assert sum(len(pyreadstat.read_dta(part)[0]) for part in parts) == len(
        pd.read_parquet(tmp_path / "dyads.parquet")
    )


@pytest.mark.parametrize(
    ("files", "asked"),
    [
        (
            [],
            Asked(states=("kazakhstan", "KAZ"), years=(2024,), topics=(("study", "disarmament"),)),
        ),
        (["states", "roll_calls", "votes", "topics", "roll_call_topics"], Asked(years=(2024,))),
        (["states", "dyads"], Asked(years=(2024,), measures=("agree3un",))),
    ],
    ids=["a state and a topic", "votes", "dyads"],
)
def test_frictionless_finds_nothing_wrong(published, tmp_path, files, asked):
    """Types, keys and foreign keys of every row; hashes of all but Parquet, which it can't read."""
    export(published, tmp_path, files, asked)
    found = frictionless.validate(str(tmp_path / DESCRIPTION))
    assert found.valid, found.flatten(["name", "note"])
    described = {one["name"]: one for one in package(tmp_path)["resources"]}
    for one in described.values():
        digest = one.get("sha256") or one["hash"].removeprefix("sha256:")
        assert fingerprint(tmp_path / one["path"]) == digest
    if "votes" in files:
        assert described["votes.csv.gz"]["schema"]["foreignKeys"]


def test_the_data_package_says_what_each_file_is(whole, marts):
    described = package(whole)
    assert described["$schema"].startswith("https://datapackage.org/profiles/2.0/")
    assert described["licenses"]
    assert all("name" in one or "path" in one for one in described["licenses"])
    listed = {whole / resource["path"] for resource in described["resources"]}
    beside = {"README.md", "CITATION.cff", "croissant.json", "dataset.jsonld", DESCRIPTION}
    assert listed == {
        file for file in whole.rglob("*") if file.is_file() and file.name not in beside
    }
    for resource in described["resources"]:
        fields = resource["schema"]["fields"]
        assert all(field["description"] and field["type"] != "any" for field in fields), resource
        if resource["format"] == "parquet":
            columns = [
                name
                for name, *_ in marts.execute(
                    f"describe from read_parquet('{whole / resource['path']}', "
                    "hive_partitioning = false)"
                ).fetchall()
            ]
            assert [field["name"] for field in fields] == columns


def test_croissant_is_valid_and_reads_the_rows(whole, caplog):
    dataset = mlcroissant.Dataset(jsonld=str(whole / "croissant.json"))
    assert dataset.metadata.ctx.issues.report() == ""
    assert caplog.text == ""
    first = next(iter(dataset.records("states")))
    assert first["states/iso3"].decode() in pd.read_csv(whole / "states.csv")["iso3"].to_list()


def test_every_source_and_its_release_are_in_the_citation(whole, marts):
    cited = yaml.safe_load((whole / "CITATION.cff").read_text(encoding="utf-8"))
    releases = marts.execute("select distinct release from unga.raw.releases").fetchall()
    said = json.dumps(cited["references"])
    assert all(release in said for (release,) in releases)
    assert cited["type"] == "dataset"
    assert cited["version"] == package(whole)["version"]
    plain = json.loads((whole / "dataset.jsonld").read_text(encoding="utf-8"))
    assert plain["@type"] == "Dataset"
    assert len(plain["distribution"]) == len(package(whole)["resources"])
    assert "SYNTHETIC" in (whole / "README.md").read_text(encoding="utf-8")


def test_a_public_export_has_no_row_of_the_digital_library(public, marts):
    sources = marts.execute(
        f"select distinct unnest(string_split(sources, ', ')), source "
        f"from ({rows(public, 'roll_calls')})"
    ).fetchall()
    assert sources
    assert not {name for row in sources for name in row} & set(NOT_PUBLIC)
    doubts = marts.execute(f"select distinct source from ({rows(public, 'doubts')})").fetchall()
    assert not {name for (name,) in doubts} & set(NOT_PUBLIC)
    for file in public.rglob("*"):
        if file.suffix in (".csv", ".parquet") and "roll_calls" in file.name:
            assert b"undl:" not in file.read_bytes()
    described = package(public)
    assert not [one for one in described["sources"] if "digitallibrary" in one.get("path", "")]
    assert "roll calls with" in described["description"]
    states = pd.read_parquet(public / "states.parquet")
    assert states["idealpoint"].isna().all()


def test_public_pairs_are_counted_from_the_public_votes(published, public, marts):
    """No roll call differs between undl and unxml in the sample, so that the counts are equal."""
    marts.execute("use unga")
    left_out = make_public(marts)
    assert (left_out.roll_calls, left_out.votes_differ) == (0, 0)
    assert left_out.roll_calls_taken
    theirs = "select * from unga.marts.vote_pairs"
    assert differ(marts, rows(public, "pairs"), theirs) == []


def test_nothing_left_out_leaves_the_marts_as_they_are(published):
    with open_published(published) as connection:
        left_out = make_public(connection, not_public=())
        for mart, table in PUBLIC.items():
            assert differ(connection, f"from {mart}", f"from {table}") == []
    assert left_out.roll_calls_taken == {}
    assert (left_out.roll_calls, left_out.votes, left_out.topics, left_out.doubts) == (0, 0, 0, 0)


def test_what_no_other_source_has_is_left_out_and_counted(published):
    """Without the two sources of the newer sessions, only what Voeten has remains."""
    with open_published(published) as connection:
        left_out = make_public(connection, not_public=("undl", "unxml"))
        ((gone, taken),) = connection.execute(
            "select count(*) filter (not contains(sources, 'voeten')), "
            "count(*) filter (source <> 'voeten' and contains(sources, 'voeten')) "
            "from marts.dim_roll_calls"
        ).fetchall()
        assert left_out.roll_calls == gone > 0
        assert left_out.roll_calls_taken == {"voeten": taken}
        as_listed = connection.execute(
            """
            select count(*) from public_votes as votes
            inner join public_records as records on votes.roll_call_id = records.public_id
            inner join intermediate.int_source_votes as listed
                on listed.source = 'voeten' and listed.source_key = records.source_key
                and listed.state = votes.state
            where not records.is_same and votes.corrected_by is null
                and listed.vote in ('yes', 'no', 'abstain') and listed.vote <> votes.vote
            """
        ).fetchall()
        assert as_listed == [(0,)]
        assert connection.execute(
            "select count(*) from public_roll_calls where source <> 'voeten'"
        ).fetchall() == [(0,)]
        count_public_pairs(connection, "public_pairs")
        votes = connection.execute(
            "select sum(n) from public_pairs where scheme = 'study' and topic = 'all'"
        ).fetchall()
        by_hand = connection.execute(
            """
            select count(*) from public_votes as a
            inner join public_votes as b using (roll_call_id)
            inner join public_roll_calls as roll_calls using (roll_call_id)
            where roll_calls.kind = 'resolution' and a.state < b.state
                and a.vote <> 'absent' and b.vote <> 'absent'
            """
        ).fetchall()
        assert votes == by_hand


@pytest.mark.parametrize(
    ("files", "asked", "formats", "words"),
    [
        (["state"], Asked(), [], "No such file: state. Known are: states, dyads"),
        ([], Asked(states=("XXX",)), [], "unknown state 'XXX': did you mean"),
        ([], Asked(topics=(("study", "x"),)), [], "No such topic: study:x. Known are: study:"),
        ([], Asked(measures=("x",)), [], "No such measure: x. Known are: agreement_strict"),
        ([], Asked(), ["xlsx"], "No such format: xlsx. Known are: parquet, csv, dta, rds"),
        ([], Asked(years=(1900,)), [], "No votes in these years"),
    ],
)
def test_what_is_not_known_is_refused_and_nothing_written(
    published, tmp_path, files, asked, formats, words
):
    folder = tmp_path / "new"
    with pytest.raises(ExportError) as refused:
        export(published, folder, files, asked, formats)
    assert str(refused.value).startswith(words)
    assert "\n" not in str(refused.value)
    assert not folder.exists()


def test_what_is_asked_for_is_what_is_there(published, tmp_path):
    asked = Asked(
        states=("KAZ",), years=(2024,), topics=(("study", "all"),), measures=("agree3un",)
    )
    export(published, tmp_path, ["dyads", "votes", "states"], asked)
    dyads = pd.read_parquet(tmp_path / "dyads.parquet")
    assert ((dyads["iso3_1"] == "KAZ") | (dyads["iso3_2"] == "KAZ")).all()
    assert set(dyads["year"]) == {2024}
    assert [column for column in dyads if column in {*MEASURES.values()}] == ["agree3un"]
    assert set(pd.read_parquet(tmp_path / "votes.parquet")["iso3"]) == {"KAZ"}
    assert len(pd.read_csv(tmp_path / "states.csv")) == 1
    words = package(tmp_path)["description"]
    assert "from 2024 to 2024: dyads, votes, states;" in words
    assert "years 2024; topics study:all; measures agree3un" in words


@pytest.mark.parametrize("name", ["README.md", DESCRIPTION])
def test_a_folder_of_another_kind_is_refused(published, tmp_path, name):
    mine = tmp_path / name
    mine.write_text('{"name": "mine", "resources": [{"path": "data.csv"}]}', encoding="utf-8")
    (tmp_path / "data.csv").write_text("kept", encoding="utf-8")
    before = {path: fingerprint(path) for path in tmp_path.iterdir()}
    with pytest.raises(ExportError, match="files that are not of an export"):
        export(published, tmp_path, ["topics"])
    assert {path: fingerprint(path) for path in tmp_path.iterdir()} == before


def test_what_is_named_twice_is_written_once(published, tmp_path):
    written = export(published, tmp_path, ["topics", "topics"], formats=["csv", "csv"])
    assert [path.name for path in written.files].count("topics.csv") == 1


def test_files_of_the_export_before_go_and_others_stay(published, tmp_path):
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    export(published, tmp_path, ["states", "pairs"])
    assert (tmp_path / "pairs").is_dir()
    export(published, tmp_path, ["topics"])
    assert {path.name for path in tmp_path.iterdir()} == {
        *("topics.parquet", "topics.csv", "mine.txt", "README.md", "CITATION.cff"),
        *("croissant.json", "dataset.jsonld", DESCRIPTION),
    }
    assert not (tmp_path / UNFINISHED).exists()


def test_labels_are_the_first_part_of_the_words():
    assert label("A state: by its code; or name.") == "A state"
    assert len(label("word " * 40)) <= STATA_LABEL


def unga(*arguments: str):
    return CliRunner().invoke(app, ["export", *arguments, "--sample"])


def test_the_command_says_what_it_wrote(built_sample, tmp_path, monkeypatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(built_sample))
    folder = tmp_path / "mine"
    options = ["--years", "2020-2024", "--public", "--output", str(folder)]
    done = unga("states", *options, "--format", "csv,dta")
    assert done.exit_code == 0, done.output
    assert {"states.csv", "states.dta"} <= {path.name for path in folder.iterdir()}
    assert "left out" in done.output
    assert "votes taken from unxml" in done.output
    for wrong in (["states"], ["--years", "2024-20", "--output", str(folder)]):
        refused = unga(*wrong)
        assert refused.exit_code == 1
        assert len(refused.output.strip().splitlines()) == 1

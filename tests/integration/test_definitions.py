"""The code location as it loads: what is in it, and what loading it costs."""

import json
import subprocess
import sys

import dagster as dg
import pytest

from orchestration.assets.publication import DATABASE
from orchestration.definitions import build_defs
from orchestration.resources import Warehouse


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_defs(Warehouse(folder=str(tmp_path_factory.mktemp("warehouse"))))


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def test_everything_resolves(definitions):
    dg.Definitions.validate_loadable(definitions)


def test_the_way_from_source_to_published_file(specs):
    by_group: dict[str, set[str]] = {}
    for name, spec in specs.items():
        by_group.setdefault(spec.group_name, set()).add(name)
    assert set(by_group) == {
        "sources",
        "raw",
        "seeds",
        "staging",
        "intermediate",
        "core",
        "cohesion",
        "study",
        "functions",
        "checks",
        "publication",
    }
    assert by_group["sources"] == {"landing/undl", "landing/unxml", "landing/voeten"}
    assert by_group["raw"] == {
        "raw/undl_votes",
        "raw/unxml_resolutions",
        "raw/unxml_votes",
        "raw/unxml_subjects",
        "raw/unxml_sponsors",
        "raw/voeten_roll_calls",
        "raw/voeten_votes",
        "raw/releases",
        "raw/repairs",
        "raw/reviews",
        "raw/sessions",
    }
    assert by_group["publication"] >= {
        "published/database",
        "published/sample",
        "published/exports",
        "published/report",
    }
    assert by_group["functions"] >= {"marts/cohesion", "marts/study_findings_of"}
    marts = by_group["core"] | by_group["cohesion"] | by_group["study"]
    assert marts >= {
        f"marts/{name}"
        for name in (
            "dim_member_states",
            "dim_roll_calls",
            "dim_topics",
            "bridge_roll_call_topics",
            "fct_votes",
            "vote_pairs",
            "cohesion_by_pair_year_topic",
            "opposition",
            "source_agreement",
            "completeness",
            "freshness",
        )
    }


def test_each_asset_says_what_it_is_and_whose(specs):
    for name, spec in specs.items():
        assert spec.description, name
        assert spec.owners == ["team:unga-warehouse"], name
        assert spec.kinds, name


def test_dbt_reads_the_raw_assets(specs):
    upstream = {dep.asset_key.to_user_string() for dep in specs["staging/stg_unxml__votes"].deps}
    assert "raw/unxml_votes" in upstream


def test_publication_waits_for_every_mart_and_every_suite(specs):
    upstream = {dep.asset_key.to_user_string() for dep in specs["published/database"].deps}
    wanted = {
        name
        for name, spec in specs.items()
        if spec.group_name in ("core", "cohesion", "study", "functions", "checks")
    }
    assert upstream == wanted
    assert {name for name in wanted if name.startswith("checks/")}


def test_every_suite_blocks(definitions):
    graph = definitions.resolve_asset_graph()
    suites = [key for key in graph.asset_check_keys if key.asset_key.path[0] == "checks"]
    assert suites
    assert all(graph.get(key).blocking for key in suites)


def test_dbt_stays_one_command(definitions):
    """A blocking check between its models would make Dagster call dbt several times."""
    steps = {node.name for node in definitions.resolve_job_def("refresh").nodes}
    assert {name for name in steps if name.startswith("dbt")} == {"dbt_build"}


def test_only_the_real_file_has_a_freshness_policy(specs):
    assert [name for name, spec in specs.items() if spec.freshness_policy] == [
        DATABASE.to_user_string()
    ]


def test_the_schedule_is_in_january_and_everything_watches(definitions):
    schedule = definitions.resolve_schedule_def("yearly_refresh")
    assert schedule.cron_schedule == "0 6 15-31 1 *"
    assert schedule.job_name == "refresh"
    for sensor in ("new_undl_file", "new_sessions"):
        assert definitions.resolve_sensor_def(sensor).job_name == "refresh"


def test_loading_leaves_great_expectations_alone():
    """Its import takes longer than everything else together."""
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import json, sys, orchestration.definitions; print(json.dumps(list(sys.modules)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "great_expectations" not in json.loads(loaded.stdout)

"""The code location as it loads: what is in it, and what loading it costs."""

import json
import subprocess
import sys

import dagster as dg
import pytest
from definitions_as_text import FILE, as_text

from orchestration.assets.publication import DATABASE
from orchestration.definitions import build_defs
from orchestration.run.warehouse import Warehouse


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_defs(Warehouse(folder=str(tmp_path_factory.mktemp("warehouse"))))


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def test_everything_resolves(definitions):
    dg.Definitions.validate_loadable(definitions)


def test_the_whole_is_as_it_is_written_down(definitions):
    """After an intended change: python tests/definitions_as_text.py, and review the diff."""
    assert as_text(definitions) == FILE.read_text(encoding="utf-8")


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


def test_loading_leaves_great_expectations_alone():
    """Its import takes longer than all else together."""
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

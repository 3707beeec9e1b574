"""The code location when loaded: its contents, and the cost of loading it."""

import json
import re
import subprocess
import sys
from collections import defaultdict

import dagster as dg
import pytest
from definitions_as_text import FILE, as_text

from orchestration.assets.publication import DATABASE
from orchestration.definitions import build_defs
from orchestration.run.warehouse import (
    LANDING_STEP,
    RAW_KEYS,
    RAW_STEPS,
    Scope,
    Warehouse,
    scope_of,
)

# The number of names that are legible side by side in the graph on a screen 1600 wide.
BOXES_IN_A_ROW = 5


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


def test_no_description_holds_sql_or_jinja(specs):
    for name, spec in specs.items():
        assert not re.search(r"{{|```|\bselect\b.*\bfrom\b", spec.description), name


def test_tables_are_named_as_in_the_published_file(specs):
    """Whatever the name of the build file, and not as in memory."""
    built = {name: spec for name, spec in specs.items() if "dbt" in spec.kinds}
    assert built
    for name, spec in built.items():
        assert spec.metadata["dagster/table_name"] == ".".join(["unga", *name.split("/")])


def test_the_graph_opens_with_few_boxes_in_a_row(specs):
    """With more the UI zooms out until no name can be read."""
    outer = {name: spec.group_name.split("/")[0] for name, spec in specs.items()}
    above = defaultdict(set)
    for name, spec in specs.items():
        reads = {outer[dep.asset_key.to_user_string()] for dep in spec.deps}
        above[outer[name]] |= reads - {outer[name]}

    def boxes_to(group: str) -> int:
        return 1 + max(map(boxes_to, above[group]), default=0)

    assert max(map(boxes_to, list(above))) <= BOXES_IN_A_ROW


def test_every_check_says_what_it_holds_and_whether_it_blocks(definitions):
    graph = definitions.resolve_asset_graph()
    words = {key: graph.get(key).description for key in graph.asset_check_keys}
    assert all(words.values())
    of_dbt = [said for key, said in words.items() if key.asset_key.path[0] == "marts"]
    assert of_dbt
    assert all("nothing is published" in said or "nothing is blocked" in said for said in of_dbt)
    (votes,) = [said for key, said in words.items() if key.name == "valid_rows_fct_votes"]
    assert votes.startswith("No two rows share roll_call_id, state. Never null: ")


def test_dbt_reads_the_raw_assets(specs):
    upstream = {dep.asset_key.to_user_string() for dep in specs["staging/stg_unxml__votes"].deps}
    assert "raw/unxml_votes" in upstream


def test_publication_waits_for_every_mart_and_every_suite(specs):
    upstream = {dep.asset_key.to_user_string() for dep in specs["published/database"].deps}
    wanted = {
        name
        for name, spec in specs.items()
        if spec.group_name == "publication/checks" or spec.group_name.startswith("marts/")
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


def test_what_makes_a_run_a_whole_refresh_is_there(definitions, specs):
    assert {key.to_user_string() for key in RAW_KEYS} <= set(specs)
    steps = {node.name for node in definitions.resolve_job_def("refresh").nodes}
    assert {*RAW_STEPS, LANDING_STEP} <= steps


EVERY_STEP = [LANDING_STEP, *RAW_STEPS, "dbt_build", "checks", "published__exports"]
EVERY_ASSET = {
    *RAW_KEYS,
    dg.AssetKey(["landing", "undl"]),
    dg.AssetKey(["marts", "fct_votes"]),
}


@pytest.mark.parametrize(
    ("assets", "steps", "scope"),
    [
        (None, None, Scope.WHOLE),
        (EVERY_ASSET, None, Scope.WHOLE),
        (None, EVERY_STEP, Scope.WHOLE),
        # From the command line.
        (set(), EVERY_STEP, Scope.WHOLE),
        # All of `sources/raw`: a build of its own, though it publishes nothing.
        (RAW_KEYS, None, Scope.WHOLE),
        ({dg.AssetKey(["published", "database"])}, None, Scope.PART),
        ({dg.AssetKey(["published", "report"])}, None, Scope.PART),
        ({dg.AssetKey(["landing", "undl"])}, None, Scope.LANDING),
        # Executed again from where it failed.
        (None, ["dbt_build", "checks", "publish", "published__exports"], Scope.PART),
        (EVERY_ASSET, ["published__exports"], Scope.PART),
        (None, [step for step in EVERY_STEP if step != "raw_undl"], Scope.PART),
        (None, [LANDING_STEP], Scope.LANDING),
        (EVERY_ASSET, [LANDING_STEP], Scope.LANDING),
    ],
)
def test_what_a_run_is_asked_for(assets, steps, scope):
    run = dg.DagsterRun(
        job_name="refresh",
        run_id="5f9c2c1e-6c0e-4b8e-9a53-0d9c1f3f5a11",
        asset_selection=None if assets is None else frozenset(assets),
        step_keys_to_execute=steps,
    )
    assert scope_of(run) is scope


def test_only_the_real_file_has_a_freshness_policy(specs):
    assert [name for name, spec in specs.items() if spec.freshness_policy] == [
        DATABASE.to_user_string()
    ]


def test_loading_leaves_great_expectations_and_dbt_alone():
    """Their imports take longer than everything else together."""
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
    packages = {module.split(".")[0] for module in json.loads(loaded.stdout)}
    assert packages & {"great_expectations", "dbt"} == set()
    assert "dagster_dbt" in packages

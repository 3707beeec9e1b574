"""The layers of the dbt project: who may read whom, from dbt's manifest.

Belongs here: the direction of references and the folders of models. Not here: a model's content.
"""

import json

import pytest

from orchestration.assets.dbt import manifest

# What a model of each layer may read; all may read seeds and raw tables.
READS = {
    "staging": {"staging"},
    "intermediate": {"staging", "intermediate"},
    "marts": {"staging", "intermediate", "marts", "arguments"},
    "arguments": {"marts", "arguments"},
    "main": set(),
}
FOLDERS = {
    "staging": {"undl", "unxml", "voeten"},
    "intermediate": {"roll_calls", "members", "topics", "votes", "ideal_points"},
    "marts": {"core", "cohesion", "study", "functions", "ideal_points"},
}


@pytest.fixture(scope="module")
def models() -> dict[str, dict]:
    nodes = json.loads(manifest().read_text(encoding="utf-8"))["nodes"]
    return {name: node for name, node in nodes.items() if node["resource_type"] == "model"}


def test_no_model_reads_a_later_layer(models):
    wrong = [
        f"{node['name']} reads {models[read]['name']}"
        for node in models.values()
        for read in node["depends_on"]["nodes"]
        if read in models and models[read]["schema"] not in READS[node["schema"]]
    ]
    assert wrong == []


def test_each_model_is_in_a_folder_of_its_layer(models):
    for node in models.values():
        _, layer, *folders, name = node["fqn"]
        assert layer == node["schema"], name
        if layer in FOLDERS:
            assert folders in ([folder] for folder in FOLDERS[layer]), name


def test_functions_alone_are_functions_and_say_their_arguments(models):
    for node in models.values():
        is_function = node["config"]["materialized"] == "table_macro"
        assert is_function == (node["fqn"][-2] in ("functions", "arguments")), node["name"]
        if is_function:
            arguments = node["config"]["meta"]["arguments"]
            assert all(argument["description"] for argument in arguments), node["name"]


def test_the_days_of_sessions_are_read_where_sessions_to_come_are_known_too(models):
    """A model that read the seed itself would refuse the votes of the first session after it."""
    seed = "seed.unga.assembly_sessions"
    readers = [node["name"] for node in models.values() if seed in node["depends_on"]["nodes"]]
    assert readers == ["int_assembly_sessions"]

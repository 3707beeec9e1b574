"""dbt's own unit tests of the models, which a refresh leaves out: they test code, not data."""

import json
from pathlib import Path

from warehouses import dbt


def test_every_unit_test_of_the_models_passes(sample_warehouse: Path, tmp_path: Path):
    file, target = sample_warehouse / "sample/unga.duckdb", tmp_path / "target"
    tested = dbt(file, "test", "--select", "test_type:unit", target=target, synthetic=True)
    assert tested.returncode == 0, tested.stdout
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    passed = {result["unique_id"].split(".")[2] for result in results["results"]}
    hard = {
        "int_roll_calls",
        "int_votes_of_members",
        "cohesion_by_pair_year_topic",
        "opposition",
    }
    assert hard <= passed

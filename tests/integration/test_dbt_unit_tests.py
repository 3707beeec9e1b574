"""dbt's own unit tests of the models, which a refresh leaves out: they test code, not data."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_unit_test_of_the_models_passes(sample_warehouse: Path, tmp_path: Path):
    tested = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            "test",
            "--select",
            "test_type:unit",
            "--profiles-dir",
            ".",
            "--target-path",
            str(tmp_path / "target"),
            "--log-path",
            str(tmp_path / "logs"),
        ],
        cwd=ROOT / "dbt_project",
        env=os.environ
        | {"UNGA_DATABASE": str(sample_warehouse / "sample/unga.duckdb"), "UNGA_SYNTHETIC": "true"},
        capture_output=True,
        text=True,
    )
    assert tested.returncode == 0, tested.stdout
    results = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))
    passed = {result["unique_id"].split(".")[2] for result in results["results"]}
    hard = {
        "int_roll_calls",
        "int_votes_of_members",
        "cohesion_by_pair_year_topic",
        "opposition",
    }
    assert hard <= passed

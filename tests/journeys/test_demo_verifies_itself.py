import json
import subprocess
import sys

import pytest


@pytest.mark.postgres
@pytest.mark.nats
def test_demo_is_loaded_into_a_fresh_folder_verified_and_told_as_one_json_object() -> None:
    command = [sys.executable, "-m", "mdm", "demo", "--check", "--size", "small", "--seed", "4"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert ran.returncode == 0, ran.stderr[-2_000:]
    found = json.loads(ran.stdout)
    assert (found["audit"], found["broken_invariants"]) == (True, [])
    assert found["precision"] >= 0.99
    assert found["recall"] >= 0.80
    assert found["review_recall"] >= 0.93
    assert found["review_tasks"] <= 0.1 * found["true_pairs"]
    assert found["records"] > found["masters"] > 0
    assert found["events"] >= found["masters"]
    assert found["quarantined"]
    assert {"generate", "accept", "process", "publish", "measure", "audit"} <= found["seconds"].keys()

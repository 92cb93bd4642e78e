import json
import subprocess
import sys

import pytest

from mdm.demo import SIZES


@pytest.mark.postgres
@pytest.mark.nats
def test_demo_is_loaded_into_a_fresh_folder_verified_and_told_as_one_json_object() -> None:
    command = [sys.executable, "-m", "mdm", "demo", "--check", "--size", "small", "--seed", "4"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert ran.returncode == 0, ran.stderr[-2_000:]
    found = json.loads(ran.stdout)
    assert (found["audit"], found["broken_invariants"]) == (True, [])
    for figures in (found, *(found["domains"][domain] for domain in ("customer", "supplier", "item", "location"))):
        assert figures["precision"] >= 0.99
        assert figures["recall"] >= 0.80
        assert figures["review_recall"] >= 0.93
        assert figures["review_tasks"] <= 0.1 * figures["true_pairs"]
    assert {domain for domain in found["domains"] if found["domains"][domain]["true_pairs"]} == set(SIZES["small"]) | {
        "item_family"
    }
    assert found["records"] > found["masters"] > 0
    assert found["events"] >= found["masters"]
    assert found["quarantined"]
    assert {"generate", "accept", "process", "publish", "measure", "audit"} <= found["seconds"].keys()

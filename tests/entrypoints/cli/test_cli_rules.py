"""Rules at the command line: compared in words, approved with a person's key, switched on, watched and rolled back."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mdm.hub import releases
from mdm.hub.access import create_key
from tests.support.hubs import HubUnderTest
from tests.support.rules_machine import document_in_force, switch_on

Run = Callable[..., tuple[int, str, str]]
PATCH = {"declaration": {"attributes": {"phone": {"survivorship": {"rule": "most_frequent"}}}}}


@pytest.fixture
def key(hub: HubUnderTest, tmp_path: Path) -> str:
    """File with the key of an owner of suppliers, whose rules need no simulation."""
    document = document_in_force(hub)
    document["declaration"]["releases"] = {"simulated": False}
    switch_on(hub, document)
    with hub.hub.begin() as work:
        _, text = create_key(work, name="olga", roles=["procurement_data_owner"])
    file = tmp_path / "olga.key"
    file.write_text(f"{text}\n")
    return str(file)


def test_draft_goes_all_the_way_at_the_command_line(on_hub: Run, hub: HubUnderTest, key: str, tmp_path: Path) -> None:
    with hub.hub.begin() as work:
        exported = releases.propose_change(work, "supplier", PATCH, registry=hub.hub.registry, reason="A test").number
    file = str(tmp_path / "release.json")
    assert on_hub("rules", "export", "supplier", str(exported), "--output", file)[0] == 0
    with hub.hub.begin() as work:
        releases.withdraw(work, "supplier", exported, reason="Exported")
    assert "kept as draft 4" in on_hub("rules", "import", file, "--reason", "A test")[1]

    code, out, _ = on_hub("rules", "differences", "supplier", "4")
    assert (code, "  phone: most recent → most frequent" in out) == (0, True)
    assert "procurement_data_owner must approve: phone" in out
    digest = out.split("--digest ")[1].split()[0]
    assert on_hub("rules", "approve", "supplier", "4", "--digest", digest)[0] == 2  # whose key?
    wrong = on_hub("rules", "approve", "supplier", "4", "--digest", "00000000", "--key-file", key)
    assert (wrong[0], "not the one with this digest" in wrong[2]) == (1, True)
    told = on_hub("rules", "approve", "supplier", "4", "--digest", digest, "--key-file", key)[1]
    assert told == "Release 4 of supplier: awaits another person.\n"
    assert "not approved" in on_hub("rules", "switch-on", "supplier", "4")[2]

    with hub.hub.begin() as work:
        _, other = create_key(work, name="oskar", roles=["procurement_data_owner"])
    Path(key).write_text(other)
    assert "approved" in on_hub("rules", "approve", "supplier", "4", "--digest", digest, "--key-file", key)[1]
    assert "is in force; 0 records" in on_hub("rules", "switch-on", "supplier", "4")[1]
    assert on_hub("rules", "watch", "supplier", "--wait")[1].startswith("supplier: release 4 is done, 0 records wait.")
    back = on_hub("rules", "roll-back", "supplier", "4", "--reason", "Wrong", "--key-file", key)
    assert (back[0], back[1]) == (0, "Release 4 of supplier is rolled back by 5; 0 records wait.\n")
    assert json.loads(on_hub("rules", "show", "supplier")[1]) == json.loads(on_hub("rules", "show", "supplier", "2")[1])

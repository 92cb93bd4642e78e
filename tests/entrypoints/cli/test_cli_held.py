import json
from pathlib import Path
from uuid import UUID

import pytest

from mdm.core.ids import new_id
from mdm.hub import access
from mdm.store.ingest import source_holds
from mdm.store.tables import SourceHold
from tests.entrypoints.cli.conftest import Run
from tests.support.hubs import HubUnderTest


@pytest.fixture
def rubbish(tmp_path: Path) -> Path:
    """A file of accounts of which no row can be used."""
    path = tmp_path / "accounts.jsonl"
    path.write_text("".join(f'{{"broken": {n}}}\n' for n in range(30)))
    return path


@pytest.fixture
def key_file(hub: HubUnderTest, tmp_path: Path) -> Path:
    with hub.hub.begin() as work:
        _, text = access.create_key(work, name="ann", roles=["operator"])
    (path := tmp_path / "key").write_text(f"{text}\n")
    return path


def test_held_load_is_listed_shown_and_discarded_by_another(
    on_hub: Run, hub: HubUnderTest, rubbish: Path, key_file: Path
) -> None:
    assert on_hub("held", "list")[1] == "Nothing is held.\n"
    on_hub("load", "crm", str(rubbish), "--no-wait")
    hub.process()
    err = on_hub("load", "crm", str(rubbish))[2]
    assert "accounts.jsonl is held: 100% of 30 rows cannot be used" in err.replace("\n", " ")
    load_id = on_hub("held", "list")[1].splitlines()[-1].split()[0]
    shown = json.loads(on_hub("held", "show", load_id)[1])
    assert (shown["state"], shown["examples"][0]["row"], shown["examples"][0]["does"]) == ("held", 1, "unreadable")
    decision = ("--reason", "wrong export", "--key-file", str(key_file))
    assert on_hub("held", "discard", load_id, *decision)[:2] == (0, "crm/accounts.jsonl is discarded.\n")
    assert "discarded" in on_hub("held", "list", "--all")[1]
    assert on_hub("held", "discard", load_id, *decision)[0] == 1
    code, _, err = on_hub("held", "release", "x", "--reason", "r", "--key-file", str(rubbish))
    assert (code, "x is no id" in err) == (2, True)


def test_held_messages_of_a_source_are_listed_and_released(on_hub: Run, hub: HubUnderTest, key_file: Path) -> None:
    hold_id: UUID = new_id()
    with hub.hub.begin() as work:
        hold = SourceHold(id=hold_id, source="erp", domain="supplier", state="held", reasons=[], since=work.now)
        source_holds.add(work.session, hold)
    assert "messages of erp about supplier" in on_hub("held", "list")[1]
    assert json.loads(on_hub("held", "show", str(hold_id))[1])["deliveries"] == {}
    _, out, _ = on_hub("held", "release", str(hold_id), "--reason", "meant so", "--key-file", str(key_file))
    assert out == "messages of erp about supplier is released.\n"

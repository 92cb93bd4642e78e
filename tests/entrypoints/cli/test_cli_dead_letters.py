import json

import pytest

from tests.entrypoints.cli.conftest import Run
from tests.support.hubs import HubUnderTest
from tests.support.letters import all_letters, give_up, newest, publish


@pytest.fixture
def letter(hub: HubUnderTest) -> int:
    hub.send("erp", "1", version=1, attributes={"name": "Acme GmbH", "country": "DE"})
    hub.process()
    publish(hub)
    return give_up(hub.hub, newest(hub, "1"))


def test_letters_and_causes_are_listed(on_hub: Run, letter: int) -> None:
    _, listed, _ = on_hub("dead-letters", "list", "--severity", "critical")
    assert all(word in listed for word in (str(letter), "erp-loader", "critical", "no vendor group"))
    code, causes, _ = on_hub("dead-letters", "list", "--groups", "--state", "all")
    assert (code, "no vendor group" in causes) == (0, True)


def test_one_is_shown_with_its_message(on_hub: Run, letter: int) -> None:
    _, out, _ = on_hub("dead-letters", "show", str(letter))
    assert json.loads(out)["headers"]["ce-version"] == "1"
    code, _, err = on_hub("dead-letters", "show", "99")
    assert (code, "There is no dead letter 99." in err) == (2, True)


def test_letters_are_replayed_by_number_and_discarded_by_group(on_hub: Run, hub: HubUnderTest, letter: int) -> None:
    other = give_up(hub.hub, newest(hub, "1"), subscriber="wms")
    code, out, _ = on_hub("dead-letters", "replay", str(letter), "--reason", "mended")
    assert (code, "is asked for" in out) == (0, True)
    group = next(one.fingerprint for one in all_letters(hub) if one.id == other)
    assert on_hub("dead-letters", "discard", "--group", group, "--reason", "test system")[0] == 0
    assert [one.state for one in all_letters(hub)] == ["discarded", "replaying"]
    assert on_hub("dead-letters", "discard", "--reason", "nothing named")[0] == 2

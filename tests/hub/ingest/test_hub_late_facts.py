"""Facts that come after newer ones, or that count only later."""

from unittest.mock import Mock

import pytest

from mdm.store import records
from tests.support.hubs import HubUnderTest


def test_facts_in_reverse_order_are_folded_once_a_chunk(hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.send("erp", "1", version=100, attributes={"name": "Newest GmbH"})
    hub.process()
    facts = Mock(wraps=records.facts)
    monkeypatch.setattr(records, "facts", facts)
    late = [
        hub.send("erp", "1", version=n, operation="partial", attributes={"name": "Old GmbH", "industry": str(n)})
        for n in range(40, 0, -1)
    ]
    hub.process()
    assert {hub.state(delivery) for delivery in late} == {"late"}
    assert facts.call_count == 1
    assert hub.golden("erp", "1").attributes["name"] == "Newest GmbH"
    assert hub.broken() == []

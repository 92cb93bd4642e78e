"""Facts that come after newer ones, or that count only later."""

from datetime import timedelta
from unittest.mock import Mock

import pytest

from mdm import bootstrap
from mdm.core.clock import utc_now
from mdm.settings import Settings
from mdm.store import records
from tests.support.hubs import HubUnderTest

DUE = timedelta(days=10)
NORDSTERN = {"name": "Nordstern Maschinenbau GmbH", "vat_id": "DE136695976"}


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


def test_record_that_time_alone_has_changed_is_compared_at_its_next_message(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes=NORDSTERN)
    due = (utc_now() + DUE).isoformat()
    hub.send("portal", "2", attributes={"name": "Omikron Kft", "industry": "steel"})
    hub.send("portal", "2", operation="partial", effective_from=due, attributes=NORDSTERN)
    hub.process()
    assert hub.master("erp", "1") != hub.master("portal", "2")
    with bootstrap.open_hub(Settings(), hub.dsn, clock=lambda: utc_now() + DUE) as later:
        of_then = HubUnderTest(later, hub.dsn)
        of_then.send("portal", "2", operation="partial", attributes={"industry": "steel"})
        of_then.process()
        assert of_then.master("erp", "1") == of_then.master("portal", "2")
    assert hub.broken() == []

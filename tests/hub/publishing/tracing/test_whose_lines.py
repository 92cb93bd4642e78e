"""Lines of the log about a delivery say whose it is, also where many are processed together."""

from collections.abc import MutableMapping
from typing import Any

import pytest
import structlog

from mdm.errors import RepeatedCrash
from mdm.hub.ingest import conduct
from tests.support.hubs import HubUnderTest


def logged(hub: HubUnderTest) -> list[MutableMapping[str, Any]]:
    """What is logged when the deliveries of a hub crash, together and one by one."""
    lines: list[MutableMapping[str, Any]] = []

    def keep(_logger: object, _method: str, line: MutableMapping[str, Any]) -> str:
        lines.append(dict(line))
        return ""

    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep])
    with pytest.raises(RepeatedCrash):
        conduct.process_next(hub.hub.begin, registry=hub.hub.registry)
    return lines


def test_lines_about_a_delivery_name_its_correlation_id(hub: HubUnderTest) -> None:
    for number in range(3):
        hub.send("erp", str(number), attributes={"name": f"Supplier {number * 7919}"})
    with hub.hub.begin() as work:
        work.connection.execute("UPDATE delivery SET correlation_id = 'order-' || id")
        work.connection.execute("ALTER TABLE fact RENAME TO fact_away")
    together, *alone = logged(hub)
    assert together["correlation_ids"] == [f"order-{line['delivery']}" for line in alone]
    assert [line["event"] for line in alone] == ["record_crashed"] * 3
    assert [line["correlation_id"] for line in alone] == together["correlation_ids"]

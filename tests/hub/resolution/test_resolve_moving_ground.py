"""What other workers commit while a worker decides is seen before anything is written."""

from typing import Any

import pytest
from sqlmodel import Session

from mdm.store import resolution, sql
from tests.support.hubs import HubUnderTest


def test_record_that_joins_while_a_component_is_read_moves_with_its_master(
    hub: HubUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(("Alpha Werke GmbH", "Zeta Logistik AG")):
        hub.send("erp", str(number), attributes={"name": name})
        hub.process()
    alpha, zeta = hub.master("erp", "0"), hub.master("erp", "1")
    newcomers = ["Omikron Kft"]

    def interrupted(session: Session, name: str, **parameters: Any) -> Any:
        rows = sql.run(session, name, **parameters)
        if "component" in name and newcomers:
            hub.send("portal", "9", master_id=str(zeta), attributes={"name": newcomers.pop()})
            hub.process()
        return rows

    hub.send("erp", "1", master_id=str(alpha), attributes={"name": "Zeta Transport AG"})
    monkeypatch.setattr(resolution, "run", interrupted)
    hub.process()
    assert {hub.master("erp", "1"), hub.master("portal", "9")} == {alpha}
    assert hub.broken() == []

"""Masters that a restore concerns are announced anew beside all who are at work."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from mdm.hub.publishing import repairing
from mdm.store.work import Work
from tests.support.hubs import HubUnderTest


def test_reference_to_a_master_does_not_hold_up_its_announcement(hub: HubUnderTest) -> None:
    hub.send("erp", "1", attributes={"name": "Nordwerk", "country": "DE"})
    hub.process()
    hub.rows("INSERT INTO restoration (master_id, found_at) SELECT id, now() FROM master RETURNING 1")

    @contextmanager
    def hurried() -> Iterator[Work]:
        with hub.hub.begin() as work:
            work.connection.execute("SET LOCAL lock_timeout = '300ms'")
            yield work

    with psycopg.connect(hub.dsn) as other:
        other.execute("SELECT FROM master FOR KEY SHARE")  # as a row that refers to it takes
        assert repairing.announce_anew(hurried) == 1

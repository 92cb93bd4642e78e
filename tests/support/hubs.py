"""An opened hub for tests: deliver facts in few words, process them, look at what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

import orjson

from mdm import bootstrap
from mdm.core.security import SYSTEM
from mdm.hub import Hub, redo
from mdm.hub.audit import audit
from mdm.hub.golden import read
from mdm.hub.golden.read import GoldenView
from mdm.hub.ingest import conduct
from mdm.hub.ingest.deliver import Acknowledgement, Message, deliver
from mdm.hub.ingest.holding.comparing import compare_next
from mdm.settings import Settings
from mdm.store.ingest import deliveries

NUMBERS = count(1)


@dataclass
class StandingClock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class HubUnderTest:
    """A hub on a database of its own."""

    hub: Hub
    dsn: str

    def send(
        self, source: str, key: str, *, domain: str = "supplier", message_id: str | None = None, **fact: Any
    ) -> int:
        """Deliver one fact in the hub's own shape and return the delivery's id; `attributes` may be given by name."""
        (answer,) = self.acknowledged(source, [{"domain": domain, "source": source, "key": key, **fact}], [message_id])
        assert answer.delivery_id is not None, answer.error
        return answer.delivery_id

    def acknowledged(
        self, source: str, facts: list[dict[str, Any]], message_ids: list[str | None] | None = None
    ) -> list[Acknowledgement]:
        """Deliver facts and return the acknowledgements."""
        ids = message_ids or [None] * len(facts)
        messages = [
            Message(orjson.dumps(fact), message_id or f"message-{next(NUMBERS)}")
            for fact, message_id in zip(facts, ids, strict=True)
        ]
        with self.hub.begin() as work:
            return deliver(work, messages, source=source)

    def process(self) -> None:
        """Compare the loads that wait for it, process everything pending, and what is due again because of it."""
        while compare_next(self.hub.begin, registry=self.hub.registry):
            pass
        while conduct.process_next(self.hub.begin, registry=self.hub.registry):
            pass
        while redo.process_due(self.hub.begin):
            pass

    def state(self, delivery_id: int) -> str:
        """Return what became of a delivery."""
        with self.hub.begin() as work:
            return deliveries.states(work.session, [delivery_id])[delivery_id]

    def master(self, source: str, key: str, *, domain: str = "supplier") -> UUID:
        """Return the master of a source record."""
        with self.hub.begin() as work:
            return read.find(work, domain, source, key)

    def golden(self, source: str, key: str, *, domain: str = "supplier", **times: Any) -> GoldenView:
        """Return the golden record a source record belongs to."""
        with self.hub.begin() as work:
            return read.read(work, domain, read.find(work, domain, source, key), **times)

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return rows of a query, to look behind the scenes."""
        with self.hub.begin() as work:
            return work.connection.execute(query, parameters or None).fetchall()  # type: ignore[call-overload]

    def broken(self) -> list[str]:
        """Return what the audit finds broken in the database."""
        with self.hub.begin_as(SYSTEM) as work:
            report = audit(work, survey="not looked at")
        return [finding for broken in report.broken for finding in broken.findings]


@contextmanager
def opened_hub(dsn: str, *, prepared: bool = False, **settings: Any) -> Iterator[HubUnderTest]:
    """Prepare a migrated database, unless it is, and open a hub on it."""
    given = Settings(**settings)
    if not prepared:
        bootstrap.prepare(given, dsn)
    with bootstrap.open_hub(given, dsn) as hub:
        yield HubUnderTest(hub, dsn)

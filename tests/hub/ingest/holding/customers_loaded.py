"""A load that empties a column, for tests that kill the workers which compare it."""

import json
from pathlib import Path
from uuid import UUID

from mdm.core.security import Actor
from mdm.hub.ingest import loads
from mdm.hub.ingest.holding import deciding
from mdm.hub.ingest.loads import LoadReport, load_file
from mdm.sources import Feed, Registry
from tests.support.hubs import HubUnderTest

ANN = Actor("ann", frozenset({"operator"}))


class CanonicalFiles(Registry):
    """A register that reads every file in the hub's own shape."""

    def feed_for(self, source: str, _name: str) -> Feed:
        return self.feed(source, "canonical")


CANONICAL = CanonicalFiles({}, {})


def load(hub: HubUnderTest, path: Path, *, source: str = "crm", initial: bool = False) -> UUID:
    """Load a file of facts and return the load."""
    *_, last = load_file(hub.hub.begin, path, source=source, registry=CANONICAL, initial=initial)
    return last.load_id


def load_customers(hub: HubUnderTest, folder: Path, count: int, *, version: int = 1, phones: bool = True) -> UUID:
    """Load so many customers at a version; the first one is an initial load."""
    facts = []
    for n in range(count):
        attributes = {"name": f"Acme {n} GmbH", "country": "DE"} | ({"phone": f"+49 30 77{n:05}"} if phones else {})
        facts.append({"domain": "customer", "key": str(n), "version": version, "attributes": attributes})
    path = folder / f"customers-{version}.jsonl"
    path.write_text("".join(json.dumps(fact) + "\n" for fact in facts))
    return load(hub, path, initial=version == 1)


def report(hub: HubUnderTest, load_id: UUID) -> LoadReport:
    """Return how a load stands."""
    with hub.hub.begin() as work:
        return loads.show(work, load_id)


def release(hub: HubUnderTest, load_id: UUID) -> None:
    """Have a held load processed, by somebody else than who loaded it."""
    with hub.hub.begin_as(ANN) as work:
        deciding.release_load(work, load_id, reason="asked the CRM team")


def with_phone(hub: HubUnderTest) -> int:
    """Return how many golden records have a phone now."""
    found = hub.rows(
        "SELECT count(*) FROM golden_slice WHERE until_version IS NULL AND valid @> now() AND attributes ? 'phone'"
    )
    return int(found[0][0])

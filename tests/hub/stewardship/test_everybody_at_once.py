"""Sources, stewards, owners and the clock at work on the same few masters at the same time."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from mdm.core.security import Actor
from mdm.errors import AlreadyDecided, Contradiction, InvalidInput, Moved, NotFound, OutdatedRequest
from mdm.hub.golden import due
from mdm.hub.stewardship import approvals, identity, values
from mdm.hub.stewardship.decisions import DECISIONS, decide
from mdm.store.records import RecordName
from mdm.store.work import Work
from tests.support.hubs import HubUnderTest

STEWARD = Actor("stella", frozenset({"steward"}))
OWNER = Actor("olga", frozenset({"tax_data_owner", "treasury_data_owner", "procurement_data_owner", "approver"}))
REFUSALS = (AlreadyDecided, Contradiction, InvalidInput, NotFound, OutdatedRequest)
SECONDS = 5
RECORDS = [(source, str(key)) for source in ("erp", "portal", "procurement") for key in (1, 2)]
VATS = (None, "DE136695976", "DE129273398")

Rows = Callable[..., list[tuple[Any, ...]]]


def delivering(hub: HubUnderTest, dice: random.Random) -> None:
    fact: dict[str, Any] = {"name": dice.choice(["Acme GmbH", "Acme Werke GmbH"]), "country": "DE"}
    if vat := dice.choice(VATS):
        fact["vat_id"] = vat
    dated = (datetime.now(UTC) + timedelta(seconds=dice.choice([1, 2]))).isoformat()
    hub.send(*dice.choice(RECORDS), attributes=fact, **({"effective_from": dated} if dice.random() < 0.3 else {}))
    hub.process()


def deciding(hub: HubUnderTest, dice: random.Random) -> None:
    masters = [row[0] for row in hub.rows("SELECT id FROM master WHERE status <> 'merged' ORDER BY id")]
    merged = [row[0] for row in hub.rows("SELECT id FROM master WHERE status = 'merged' ORDER BY id")]
    waiting = hub.rows("SELECT id, kind FROM task WHERE closed_at IS NULL AND kind <> 'approval' ORDER BY id")
    source, key = dice.choice(RECORDS)
    name = RecordName("supplier", source, key)
    if not masters:
        return
    target = dice.choice(masters)
    choices: list[Callable[[Work], Any]] = [
        lambda work: identity.split(work, "supplier", hub.master(source, key), [name], reason="x"),
        lambda work: identity.relink(work, "supplier", name, target, reason="x"),
        lambda work: values.pin(work, "supplier", target, {"vat_id": dice.choice(VATS[1:])}, reason="x"),
        lambda work: values.pin(work, "supplier", target, {"phone": "+49 89 5550123"}, reason="x"),
    ]
    if len(masters) > 1:
        pair = dice.sample(masters, 2)
        choices += [lambda work: identity.merge(work, "supplier", pair, reason="x")] * 2
    if merged:
        back = dice.choice(merged)
        choices += [lambda work: identity.unmerge(work, "supplier", back, reason="x")] * 2
    if waiting:
        task, kind = dice.choice(waiting)
        choices += [lambda work: decide(work, task, dice.choice(DECISIONS[kind]))] * 3
    operation = dice.choice(choices)
    with hub.hub.begin_as(STEWARD) as work:
        operation(work)


def owning(hub: HubUnderTest, dice: random.Random) -> None:
    with hub.hub.begin_as(OWNER) as work:
        waiting = approvals.list_requests(work)
    if waiting:
        request = dice.choice(waiting)
        with hub.hub.begin_as(OWNER) as work:
            how: Any = dice.choice(["as_dated", "from_approval"])
            choice: Any = dice.choice(["approve", "reject"])
            approvals.decide_request(work, request.id, choice, digest=request.digest, effective=how)


def passing(hub: HubUnderTest, dice: random.Random) -> None:
    due.advance(hub.hub.begin, size=dice.choice([1, 100]))


def test_nothing_breaks_and_nobody_waits_for_ever(hub: HubUnderTest) -> None:
    until, done, moved = monotonic() + SECONDS, Counter[str](), Counter[str]()

    def go(part: Callable[[HubUnderTest, random.Random], None], seed: int) -> None:
        dice = random.Random(seed)
        while monotonic() < until:
            try:
                part(hub, dice)
            except Moved as error:
                moved[part.__name__ + str(error.details.get("sqlstate", ""))] += 1
            except REFUSALS:
                done["refused"] += 1
            else:
                done[part.__name__] += 1

    parts = [delivering, delivering, deciding, deciding, owning, passing]
    with ThreadPoolExecutor(len(parts)) as pool:
        for running in [pool.submit(go, part, seed) for seed, part in enumerate(parts)]:
            running.result()
    hub.process()
    assert all(done[part.__name__] for part in parts), (done, moved)
    assert hub.rows("SELECT count(*) FROM delivery WHERE state IN ('pending', 'quarantined')") == [(0,)]
    assert hub.broken() == []

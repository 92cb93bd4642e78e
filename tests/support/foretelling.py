"""A release tried on a hub under test, then switched on: what was foretold beside what came of it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from mdm import bootstrap
from mdm.hub import redo
from mdm.hub.golden.timeline import Announced, announced
from mdm.hub.releases import simulation, switching
from mdm.hub.releases.simulation import SimulationView
from mdm.settings import Settings
from tests.benchmarks.filling import first_facts
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.servers import ForgetfulPostgres

OpenCopy = Callable[[], AbstractContextManager[HubUnderTest]]
LIVE = "SELECT id FROM master WHERE domain = %s AND status <> 'merged'"
SLICES = """
SELECT s.master_id, lower(s.valid) AS valid_from, upper(s.valid) AS valid_to, s.attributes, s.provenance
FROM golden_slice s JOIN master m ON m.id = s.master_id
WHERE s.until_version IS NULL AND m.domain = %s AND m.status <> 'merged'
ORDER BY s.master_id, lower(s.valid) NULLS FIRST
"""
EVENTS = """
SELECT v.event_type, count(*) FROM golden_version v JOIN master m ON m.id = v.master_id
WHERE m.domain = %s AND v.event_type <> 'golden.effective' GROUP BY v.event_type
"""
REQUESTS = """
SELECT r.master_id, d.owner FROM change_request r JOIN change_decision d ON d.request_id = r.id
WHERE r.domain = %s AND r.state = 'open' AND r.kind = 'source'
"""
REVIEWS = "SELECT master_id, other_id FROM task WHERE domain = %s AND kind = 'match_review' AND closed_at IS NULL"
HELD = """
SELECT h.id, h.master_id, h.attribute FROM hold h JOIN master m ON m.id = h.master_id
WHERE m.domain = %s AND h.state = 'pending' AND h.ended_at IS NULL
"""


@dataclass(frozen=True)
class Stretch:
    """A slice as it is stored."""

    valid_from: Any
    valid_to: Any
    attributes: dict[str, Any]
    provenance: dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """What a domain is at some time."""

    timelines: Mapping[Any, list[Announced]]
    events: Counter[str]
    requests: set[tuple[Any, str]]
    reviews: set[tuple[Any, Any]]
    held: set[tuple[int, Any, str]]

    @classmethod
    def of(cls, hub: HubUnderTest, domain: str) -> "Standing":
        """Look at a hub."""
        slices: dict[Any, list[Stretch]] = {master: [] for (master,) in hub.rows(LIVE, domain)}
        for master, *stretch in hub.rows(SLICES, domain):
            slices[master].append(Stretch(*stretch))
        return cls(
            {master: announced(found) for master, found in slices.items()},
            Counter(dict(hub.rows(EVENTS, domain))),
            set(hub.rows(REQUESTS, domain)),
            set(hub.rows(REVIEWS, domain)),
            set(hub.rows(HELD, domain)),
        )


def figures(before: Standing, after: Standing) -> dict[str, Any]:
    """Return what happened in between, in the words of a simulation's figures."""
    kept = before.timelines.keys() & after.timelines.keys()
    attributes = Counter(
        name for master in kept for name in _differing(before.timelines[master], after.timelines[master])
    )
    owners = {owner for _, owner in before.requests ^ after.requests}
    opened, closed = after.requests - before.requests, before.requests - after.requests
    return {
        "changed": sum(before.timelines[master] != after.timelines[master] for master in kept),
        "merged": len(before.timelines.keys() - after.timelines.keys()),
        "new": len(after.timelines.keys() - before.timelines.keys()),
        "attributes": dict(attributes),
        "events": dict(after.events - before.events),
        "held": dict(Counter(unit for _, unit in {one[1:] for one in after.held - before.held})),
        "requests": {
            owner: tuple(sum(one[1] == owner for one in found) for found in (opened, closed)) for owner in owners
        },
        "reviews": (len(after.reviews - before.reviews), len(before.reviews - after.reviews)),
    }


def foretold(view: SimulationView) -> dict[str, Any]:
    """Return the same of a simulation."""
    assert view.figures is not None, view.outcome
    found = view.figures
    return {
        **{name: found["masters"][name] for name in ("changed", "merged", "new")},
        "attributes": {a["attribute"]: a["masters"] for a in found["attributes"]},
        "events": found["events"],
        "held": found["held"]["by_unit"],
        "requests": {r["owner"]: (r["opened"], r["closed"]) for r in found["requests"]},
        "reviews": (found["reviews"]["opened"], found["reviews"]["closed"]),
    }


def tried(
    hub: HubUnderTest, domain: str, number: int, *, stopped: Callable[[], bool] = lambda: False
) -> SimulationView:
    """Run a simulation of a release and return it."""
    with hub.hub.begin() as work:
        simulation.request(work, domain, number)
    taken = simulation.take(hub.hub.begin)
    assert taken is not None
    means = simulation.Means(partial(bootstrap.open_hub, Settings(), hub.dsn))
    simulation.simulate(hub.hub.begin, taken, means, stopped=stopped)
    with hub.hub.begin() as work:
        return simulation.show(work, domain, number, taken)


def switched_on(hub: HubUnderTest, domain: str, number: int) -> None:
    """Switch a release on and carry it through at once: in portions, masters may change in several steps."""
    with hub.hub.begin() as work:
        switching.switch_on(work, domain, number, rate=1e9)
    while redo.process_due(hub.hub.begin, size=1_000):
        pass


def companies(server: ForgetfulPostgres, template: str, folder: Path) -> Iterator[OpenCopy]:
    """Yield what opens a hub with some fifty suppliers, always the same."""
    original = server.create(template=template)
    with opened_hub(original, prepared=True) as hub:
        fill(hub, folder)

    @contextmanager
    def copied() -> Iterator[HubUnderTest]:
        dsn = server.create(template=original.rpartition("/")[2])
        with opened_hub(dsn, prepared=True) as hub:
            yield hub
        server.drop(dsn)

    yield copied
    server.drop(original)


def fill(hub: HubUnderTest, folder: Path, *, domain: str = "supplier", records: int = 70) -> None:
    """Deliver what the demo's systems say about partners: at first, and of some what they say later or ahead."""
    facts, _ = first_facts(folder, domain, records=records, seed=11)
    draw = Random(5)
    _deliver(hub, [_fact(domain, f.source, f.key, f.attributes) for f in facts])
    later = []
    for f in draw.sample(facts, len(facts) // 2):
        other = draw.choice(facts).attributes
        attributes = {name: value for name, value in other.items() if draw.random() < 0.3 and name != "name"}
        if attributes:
            dated = draw.choice(
                [{}, {"effective_from": "2031-01-01T00:00:00Z"}, {"effective_from": "2025-05-01T00:00:00Z"}]
            )
            later.append({**_fact(domain, f.source, f.key, attributes), "operation": "partial", **dated})
    _deliver(hub, later)


def _deliver(hub: HubUnderTest, facts: list[dict[str, Any]]) -> None:
    for source in sorted({fact["source"] for fact in facts}):
        answers = hub.acknowledged(source, [fact for fact in facts if fact["source"] == source])
        assert [answer.error for answer in answers if answer.error] == []
    hub.process()


def _fact(domain: str, source: str, key: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {"domain": domain, "source": source, "key": key, "attributes": dict(attributes)}


def _differing(before: list[Announced], after: list[Announced]) -> set[str]:
    """Return the attributes that differ at any time."""
    bounds = sorted({b for s in (*before, *after) for b in s[:2] if b is not None})
    found: set[str] = set()
    for instant in [None, *bounds]:
        one, other = (_at(timeline, instant) for timeline in (before, after))
        found |= {name for name in {*one, *other} if one.get(name) != other.get(name)}
    return found


def _at(timeline: list[Announced], instant: Any) -> dict[str, Any]:
    for s in timeline:
        begun = s.valid_from is None or (instant is not None and s.valid_from <= instant)
        if begun and (s.valid_to is None or instant is None or instant < s.valid_to):
            return s.attributes
    return {}

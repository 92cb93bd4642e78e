"""The rules of subscribing, each with a history that shows whether a consumer keeps it."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from publishers.conformance.bodies import GONE, UNAVAILABLE
from publishers.conformance.faults import keeps_what_it_acknowledged, rebuilt, restarted, stops
from publishers.conformance.scene import Scene
from publishers.event import Event, digest

LONGEST = 10.0  # times the patience, after which a rule counts as broken


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in one sentence, and how it is tried; `hindrance` says why it cannot be."""

    name: str
    sentence: str
    run: Callable[[Scene], Awaitable[list[str]]]
    hindrance: Callable[[Scene], str | None] = lambda _: None

    def longest(self, scene: Scene) -> float:
        """Return how many seconds trying may take."""
        return LONGEST * scene.patience


async def bootstrap(scene: Scene) -> list[str]:
    """Publish histories before the consumer is there."""
    world = scene.world("bootstrap")
    for number in range(8):
        master = world.master(f"erp/b{number}")
        for _ in range(1 + number % 4):
            await scene.stage.publish(world.event(master))
    await scene.consumer.start()
    return await scene.agree(world)


async def acknowledges(scene: Scene) -> list[str]:
    """Look at the consumer on the server."""
    await scene.consumer.start()
    world = scene.world("acknowledges")
    world.master("erp/ack")
    await scene.stage.publish(*world.events())
    wrong = await scene.agree(world, settled=True)
    standing = await scene.standing()
    if standing is not None and not standing.explicit:
        return [f"consumer {standing.name} has the acknowledgement policy none: what it gets and loses is gone"]
    return wrong


async def tail(scene: Scene) -> list[str]:
    """Publish version after version of several masters in turn."""
    await scene.consumer.start()
    world = scene.world("tail")
    for number in range(4):
        world.master(f"erp/t{number}")
    for _ in range(5):
        await scene.stage.publish(*world.events())
    return await scene.agree(world)


async def versions(scene: Scene) -> list[str]:
    """Publish old versions again after newer ones."""
    await scene.consumer.start()
    world = scene.world("versions")
    master, other = world.master("erp/v1"), world.master("erp/v2")
    first, second = world.event(master), world.event(other)
    world.link("erp/v1", other)
    third, fourth = world.event(master), world.event(other)
    await scene.stage.publish(first, second, third, fourth)
    if wrong := await scene.agree(world):
        return wrong
    await scene.stage.publish(first, second, fourth, third, first)
    return await scene.agree(world, settled=True)


async def gaps(scene: Scene) -> list[str]:
    """Leave versions out, as when they have rolled off the stream."""
    await scene.consumer.start()
    world = scene.world("gaps")
    master, late = world.master("erp/g1"), world.master("erp/g2")
    await scene.stage.publish(world.event(master), world.event(late, skip=11))
    if wrong := await scene.agree(world):
        return wrong
    await scene.stage.publish(world.event(master, skip=6), world.event(late, skip=1))
    return await scene.agree(world)


async def merges(scene: Scene) -> list[str]:
    """Merge masters and announce it in either order, and one back again."""
    await scene.consumer.start()
    world = scene.world("merges")
    masters = [world.master(f"erp/m{number}", f"crm/m{number}") for number in range(5)]
    await scene.stage.publish(*world.events())
    if wrong := await scene.agree(world):
        return wrong
    a, b, c, d, back = masters
    world.merge(a, b)
    await scene.stage.publish(world.event(a, type="identity.merged"), world.event(b))
    world.merge(c, d)
    await scene.stage.publish(world.event(d), world.event(c, type="identity.merged"))
    world.merge(back, b)
    await scene.stage.publish(world.event(b), world.event(back, type="identity.merged"))
    back.status, back.merged_into = "active", None
    world.link("erp/m4", back)
    await scene.stage.publish(world.event(back, type="identity.linked"), world.event(b))
    return await scene.agree(world)


async def links(scene: Scene) -> list[str]:
    """Move records between masters, announced in either order, and take one away."""
    await scene.consumer.start()
    world = scene.world("links")
    a, b, c = world.master("erp/l1", "erp/l2"), world.master("erp/l3", "erp/l4"), world.master("erp/l5", "erp/l6")
    await scene.stage.publish(*world.events())
    if wrong := await scene.agree(world):
        return wrong
    world.link("erp/l1", b)
    await scene.stage.publish(world.event(a), world.event(b))
    world.link("erp/l3", c)
    await scene.stage.publish(world.event(c), world.event(b))
    world.link("erp/l2", b)
    world.link("erp/l2", c)
    world.unlink("erp/l6")
    await scene.stage.publish(world.event(c), world.event(b), world.event(a))
    return await scene.agree(world)


async def unknown(scene: Scene) -> list[str]:
    """Publish fields, attributes, headers and types of a later day."""
    await scene.consumer.start()
    world = scene.world("unknown")
    for number in range(3):
        world.master(f"erp/u{number}").extra = {"carbon_footprint": {"unit": "t", "value": "7.1"}}
    one, two, three = world.masters
    await scene.stage.publish(
        world.event(one, sustainability={"score": 3}, proofs=[1, 2]), headers={"ce-later": "1", "ce-sampledrate": "2"}
    )
    await scene.stage.publish(world.event(two, type="golden.of_a_later_day"), world.event(three))
    return await scene.agree(world)


async def foreign(scene: Scene) -> list[str]:
    """Put messages between the events that are none."""
    await scene.consumer.start()
    world = scene.world("foreign")
    before, after = world.master("erp/f1"), world.master("erp/f2")
    await scene.stage.publish(world.event(before))
    await scene.stage.publish_raw(f"{scene.stage.root}.supplier.nobody", b"hello", {})
    await scene.stage.publish_raw(f"{scene.stage.root}.supplier.empty", b"", {"ce-id": "no uuid", "ce-version": "x"})
    await scene.stage.publish(world.event(after))
    return await scene.agree(world)


async def large(scene: Scene) -> list[str]:
    """Publish events whose body is somewhere else: not there at once, or replaced."""
    await scene.consumer.start()
    world = scene.world("large")
    slow, replaced = world.master("erp/x1"), world.master("erp/x2")
    here, gone = world.event(slow), world.event(replaced)
    await scene.stage.publish(_referring(scene, here, UNAVAILABLE, here.data), _referring(scene, gone, GONE))
    await scene.stage.publish(world.event(replaced))
    return await scene.agree(world)


async def poison(scene: Scene) -> list[str]:
    """Publish an event that nobody can read, others after it, and later one that replaces it."""
    await scene.consumer.start()
    world, victim = scene.world("others"), scene.world("poison")
    bad = victim.master("erp/p1")
    await scene.stage.publish(victim.event(bad))
    if wrong := await scene.agree(victim):
        return wrong
    for number in range(3):
        world.master(f"erp/q{number}")
    await scene.stage.publish(replace(victim.event(bad), data=b"{not json"), *world.events(), *world.events())
    if wrong := await scene.agree(world):
        return ["others are held up by an event that cannot be applied", *wrong]
    await scene.stage.publish(victim.event(bad))
    return await scene.agree(victim)


def _referring(scene: Scene, event: Event, *answers: bytes) -> Event:
    """Return the event as it travels when it is too large, its body being answered in turn."""
    path = f"/v1/events/{event.id}/body"
    scene.bodies.bodies[path] = list(answers)
    whole = event.json()
    part = {name: whole[name] for name in whole if name not in ("slices", "changes")}
    return replace(event, data=json.dumps(part).encode(), dataref=path, full_digest=digest(event.data))


def _no_bodies(scene: Scene) -> str | None:
    return None if scene.consumer.takes_bodies else "the command says nowhere {bodies}"


def _no_server(scene: Scene) -> str | None:
    return None if scene.server else "the server is not the trial's own"


RULES: Final = (
    Rule("bootstrap", "a new consumer begins with the last message of every subject", bootstrap),
    Rule("acknowledges", "every message is acknowledged explicitly", acknowledges),
    Rule("tail", "what is published later follows, in order", tail),
    Rule("versions", "a version that is not greater than the one applied is skipped", versions),
    Rule("gaps", "versions may be missing; the next one carries the whole state", gaps),
    Rule("merges", "a merged master is gone, and its records are with the one it was merged into", merges),
    Rule(
        "links", "of two links of a record the one with the higher number is the later; `linked: false` ends one", links
    ),
    Rule("unknown", "unknown fields, attributes, headers and types are no reason to fail", unknown),
    Rule("foreign", "messages that are no events are passed over", foreign),
    Rule(
        "large",
        "the body of an event with `ce-dataref` is fetched, waited for, or left to a newer version",
        large,
        _no_bodies,
    ),
    Rule("killed", "what was acknowledged is kept, and what was not comes again", keeps_what_it_acknowledged),
    Rule("poison", "an event that cannot be applied holds up nobody else, and a newer version replaces it", poison),
    Rule("rebuilt", "a stream that was deleted and rebuilt is followed from its beginning", rebuilt),
    Rule("restarted", "a server that was away is followed again", restarted, _no_server),
    Rule("stops", "SIGTERM ends the consumer, and nothing is lost by it", stops),
)

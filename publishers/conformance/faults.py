"""The rules that need something to break: the consumer, the stream, or the server."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import nats.errors

from publishers.conformance.scene import Scene
from publishers.conformance.world import Master, World, shown_version
from publishers.errors import PublishError
from publishers.event import Event

MASTERS = 60
ENDED_WELL = (0, -15, 143)  # the latter two: by the signal itself
KILLS = (1, 20, 45)  # the acknowledgement at which it is killed
AFTERGLOW = 0.2  # seconds in which acknowledgements arrive that were under way
ATTEMPTS = 100  # to publish while the server comes back
DEATHS = 4  # a supervisor starts it again when stream or server are gone
REBUILD_SECONDS = 20.0  # in which a consumer may notice that its stream is another one


async def keeps_what_it_acknowledged(scene: Scene) -> list[str]:
    """Kill it while it works, and compare what it had acknowledged with what it knows."""
    await scene.consumer.start()
    world = scene.world("killed")
    for number in range(MASTERS):
        world.master(f"erp/k{number}")
    wrong: list[str] = []
    for at in KILLS:
        wrong += await _killed(scene, world, at=at)
    standing = await scene.standing()
    wrong += await scene.agree(world, more=standing.ack_wait if standing else 0.0)
    return wrong


async def _killed(scene: Scene, world: World, *, at: int) -> list[str]:
    await scene.consumer.start()
    places: dict[int, tuple[Master, int]] = {}
    async with scene.stage.acknowledgements() as heard:
        for master in world.masters:
            [sequence] = await scene.stage.publish(world.event(master))
            places[sequence] = (master, master.version)
        await _until(lambda: sum(sequence in places for sequence in heard) >= at, seconds=scene.patience, every=0.001)
        await scene.consumer.kill()
        await asyncio.sleep(AFTERGLOW)
        acknowledged = [places[sequence] for sequence in heard if sequence in places]
    wrong = await scene.asked(lambda state: _lost(acknowledged, state))
    await scene.consumer.start()
    return wrong


def _lost(acknowledged: list[tuple[Master, int]], state: Mapping[str, Any]) -> Iterator[str]:
    masters = state.get("masters")
    for master, version in acknowledged:
        if masters is not None and shown_version(master, masters.get(master.id, {"version": 0})) < version:
            yield f"version {version} of master {master.id} was acknowledged and is not kept after kill -9"


async def rebuilt(scene: Scene) -> list[str]:
    """Exchange the stream for one rebuilt from the newest events."""
    await scene.consumer.start()
    world = scene.world("rebuilt")
    for number in range(4):
        world.master(f"erp/r{number}")
    for _ in range(3):
        await scene.stage.publish(*world.events())
    if wrong := await scene.agree(world):
        return wrong
    await scene.stage.rebuild()
    await scene.stage.publish(*world.events(*world.masters[:2]))
    return await scene.agree(world, more=REBUILD_SECONDS, settled=True, deaths=DEATHS)


async def restarted(scene: Scene) -> list[str]:
    """Kill the server and start it again."""
    await scene.consumer.start()
    world = scene.world("restarted")
    for number in range(2):
        world.master(f"erp/s{number}")
    await scene.stage.publish(*world.events())
    if scene.server is not None:
        scene.server.kill()
        await asyncio.to_thread(scene.server.start)
    for event in world.events():
        for _ in range(ATTEMPTS):
            if await _published(scene, event):
                break
            await asyncio.sleep(0.2)
    return await scene.agree(world, more=REBUILD_SECONDS, deaths=DEATHS)


async def stops(scene: Scene) -> list[str]:
    """Tell it to stop, publish while it is away, and start it again."""
    await scene.consumer.start()
    world = scene.world("stops")
    for number in range(20):
        world.master(f"erp/z{number}")
    await scene.stage.publish(*world.events())
    if wrong := await scene.agree(world):
        return wrong
    await scene.stage.publish(*world.events())
    if not await scene.consumer.stop():
        return ["it does not end when it is told to by SIGTERM"]
    if (code := scene.consumer.exit_code) not in ENDED_WELL:
        return [f"told to stop it ended with {code}: {scene.consumer.last_words()}"]
    await scene.stage.publish(*world.events())
    await scene.consumer.start()
    standing = await scene.standing()
    return await scene.agree(world, more=standing.ack_wait if standing else 0.0)


async def _until(holds: Callable[[], bool], *, seconds: float, every: float) -> None:
    for _ in range(int(seconds / every)):
        if holds():
            return
        await asyncio.sleep(every)


async def _published(scene: Scene, event: Event) -> bool:
    try:
        await scene.stage.publish(event)
    except (PublishError, nats.errors.Error, OSError):
        return False
    return True

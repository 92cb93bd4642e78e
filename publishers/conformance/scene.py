"""What every rule works with: the consumer, the stream, and how to wait until both agree."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from publishers.conformance.bodies import BodyServer
from publishers.conformance.consumer import CannotTry, Consumer
from publishers.conformance.server import OwnServer
from publishers.conformance.stage import Stage, Standing
from publishers.conformance.world import World, differences
from publishers.errors import PublishError

LOOK = 0.2
GRACE = 1.0  # seconds for which a consumer that has acknowledged everything may still be wrong


@dataclass(slots=True)
class Scene:
    """One trial at work."""

    consumer: Consumer
    stage: Stage
    bodies: BodyServer
    server: OwnServer | None
    patience: float

    def world(self, name: str) -> World:
        """Return masters of a rule's own."""
        return World(self.stage.root, name)

    async def agree(self, world: World, *, more: float = 0.0, settled: bool = False, deaths: int = 0) -> list[str]:
        """Wait until the consumer knows what a world has told, and return what it has wrong when patience ends.

        `more` seconds of patience; `settled`: it must have acknowledged everything before its word counts. It may end
        by itself, and be started again, no more than `deaths` times.
        """
        clock, died = asyncio.get_running_loop().time, self.consumer.deaths
        deadline, quiet_since = clock() + self.patience + more, None
        while True:
            await self.consumer.revive()
            standing = await self.standing()
            quiet = standing is not None and not standing.waiting and not standing.unacknowledged
            quiet_since = (quiet_since or clock()) if quiet else None
            wrong = await self.asked(lambda state: differences(world, state))
            if self.consumer.deaths - died > deaths:
                return [f"it ended by itself: {self.consumer.last_words()}", *wrong]
            if not wrong and (quiet or not settled):
                return []
            if quiet_since is not None and clock() > quiet_since + GRACE:
                return wrong
            if clock() > deadline:
                return wrong or [f"not everything was acknowledged: {_shown(standing)}"]
            await asyncio.sleep(LOOK)

    async def asked(self, look: Callable[[dict[str, Any]], Iterable[str]]) -> list[str]:
        """Return what is wrong with the consumer's state, or that it does not tell."""
        try:
            return list(look(await self.consumer.state()))
        except CannotTry as error:
            return [str(error)]

    async def standing(self) -> Standing | None:
        """Return how far the consumer is, None if there is none or the server does not say."""
        try:
            return await self.stage.standing()
        except (PublishError, OSError, TimeoutError):
            return None


def _shown(standing: Standing | None) -> str:
    if standing is None:
        return "there is no consumer on the stream"
    return f"{standing.waiting} messages wait, {standing.unacknowledged} were not answered"

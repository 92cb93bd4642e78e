"""The messages of a record of an item or a place: entry, corrections, planned changes, repetitions and deletion."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from mdm.demo.message import Message, View

BEGIN = datetime(2021, 1, 4, tzinfo=UTC)
DAYS_OF_ENTRY = 1500
Edit = Callable[[View], View]


class Stories:
    """A writer of messages."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng

    def messages(self, key: str, view: View, *, earlier: Edit, planned: Edit, lasting: bool = False) -> list[Message]:
        """Return all messages of a record in the order of their versions; a lasting one is never deleted.

        `earlier` returns what the record was before a correction, `planned` what it is to be years from now.
        """
        rng, dice = self.rng, self.rng.random()
        time = BEGIN + timedelta(
            days=rng.randrange(DAYS_OF_ENTRY), hours=rng.randint(6, 18), seconds=rng.randrange(3600)
        )
        last = Message(key, view, 1, time)
        if dice < 0.07:
            told = self._corrected(last, earlier)
        elif dice < 0.1:
            day = f"{rng.randint(2031, 2034)}-{rng.choice((1, 4, 7, 10)):02d}-01"
            told = [last, replace(self._next(last, planned(view)), effective_from=day, batch=rng.choice((0, 1)))]
        elif dice < 0.115 and not lasting:
            told = [last, replace(self._next(last, view), operation="delete", batch=rng.choice((0, 1)))]
        else:
            told = [last]
        if rng.random() < 0.02:
            again = rng.choice(told)
            told.append(replace(again, batch=rng.choice((again.batch, 1))))
        return told

    def _corrected(self, last: Message, earlier: Edit) -> list[Message]:
        """Let the record have been entered otherwise; a third of such stories arrive backwards."""
        first, newest = replace(last, view=earlier(last.view)), self._next(last, last.view)
        late = self.rng.random() < 0.35
        return [replace(first, batch=int(late)), replace(newest, batch=int(not late))]

    def _next(self, last: Message, view: View) -> Message:
        later = timedelta(days=self.rng.randint(1, 150), seconds=self.rng.randrange(3000))
        return replace(last, view=view, version=last.version + 1, time=last.time + later)

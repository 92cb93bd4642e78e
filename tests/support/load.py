"""Facts delivered and resolved without pause while servers fail, and what must be true of the stream afterwards."""

import asyncio
import subprocess
import threading
import time
from collections import defaultdict
from itertools import count
from types import TracebackType
from typing import Self

from mdm.errors import Moved, Unavailable
from tests.support.hubs import HubUnderTest
from tests.support.running import RunningParts, wait_until, whole_stream

STUCK_SECONDS = 1.5
HISTORY = 64  # messages of a subject the stream keeps


class Load:
    """A source that sends newer and newer versions of a few records, and sends again what was not acknowledged."""

    def __init__(self, hub: HubUnderTest, *, pause: float, records: int) -> None:
        """Rest `pause` seconds after every fact."""
        self.sent = 0
        self.records = records
        self.rebuilt = False  # the stream, so that it begins later than the history
        self.relays: list[subprocess.Popen[bytes]] = []
        self._hub = hub
        self._pause = pause
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._deliver)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def wait_for_more(self, events: int = 5) -> None:
        """Wait until so many more events are in the stream."""
        goal = self._published() + events
        wait_until(lambda: self._published() >= goal)

    def wait_until_stuck(self) -> None:
        """Wait until nothing has been published for some seconds though events wait."""

        def stuck() -> bool:
            before = self._published()
            time.sleep(STUCK_SECONDS)
            return self._published() == before

        wait_until(stuck)

    def wait_for_backlog(self, subjects: int) -> None:
        """Wait until events of so many subjects await publishing."""
        query = "SELECT count(DISTINCT subject) FROM publishers.outbox WHERE published_at IS NULL"
        wait_until(lambda: self._hub.rows(query)[0][0] >= subjects)

    def _published(self) -> int:
        return self._hub.rows("SELECT count(*) FROM publishers.outbox WHERE published_at IS NOT NULL")[0][0]

    def _deliver(self) -> None:
        for number in count():
            if self._stop.is_set() and self.sent > self.records:
                break
            version, key = divmod(number, self.records)
            fact = {"name": f"Load {key:03d} Werke {version} GmbH", "country": "DE", "phone": f"+49 30 88{key:05d}"}
            while not self._accepted(f"l{key}", f"load-{number}", version=version + 1, attributes=fact):
                time.sleep(0.2)
            self.sent += 1
            time.sleep(self._pause)
        while not self._resolved():
            time.sleep(0.2)

    def _accepted(self, key: str, message_id: str, **fact: object) -> bool:
        try:
            self._hub.send("erp", key, message_id=message_id, **fact)
        except (Unavailable, Moved):
            return False
        self._resolved()
        return True

    def _resolved(self) -> bool:
        try:
            self._hub.process()
        except (Unavailable, Moved):
            return False
        return True


def then_nothing_is_lost_or_doubled(parts: RunningParts, load: Load) -> None:
    """Every version of every master is in the stream once and in order, and the audit finds nothing."""
    versions: dict[str, list[int]] = defaultdict(list)
    for stored in asyncio.run(whole_stream(parts.nats_url)):
        versions[stored.subject].append(stored.version)
    heads = parts.hub.rows("SELECT subject, version FROM publishers.head WHERE starts_with(subject, 'mdm.golden.')")
    assert len(heads) == load.records
    assert sum(newest for _, newest in heads) == load.sent
    for subject, newest in heads:
        first = versions[subject][0] if load.rebuilt else max(1, newest - HISTORY + 1)
        assert versions.pop(subject) == list(range(first, newest + 1)), subject
    assert not versions
    assert parts.hub.rows("SELECT count(*) FROM publishers.outbox WHERE published_at IS NULL") == [(0,)]
    assert parts.broken() == []

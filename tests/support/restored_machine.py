"""The small company at random again, whose database is restored to an earlier point now and then."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import rule

from mdm.hub import standing
from mdm.hub.publishing import repairing
from mdm.store.records import RecordName
from publishers import Stored
from publishers.repair.adoption import Mark
from tests.support.hubs import HubUnderTest
from tests.support.servers import ForgetfulPostgres
from tests.support.stewards_machine import MovedClock, StewardsMachine

WAITING = """
    SELECT subject, headers, data, seq, created_at FROM publishers.outbox
    WHERE published_at IS NULL AND starts_with(subject, 'mdm.golden') ORDER BY seq
"""
MARK = """
    WITH marked AS (
        UPDATE publishers.outbox SET published_at = clock_timestamp(), stream_sequence = %s WHERE seq = %s RETURNING *
    )
    INSERT INTO publishers.head
    SELECT subject, version, id, digest, stream_sequence, headers, data, published_at FROM marked
    ON CONFLICT (subject) DO UPDATE SET version = excluded.version, event_id = excluded.event_id,
        digest = excluded.digest, stream_sequence = excluded.stream_sequence, headers = excluded.headers,
        data = excluded.data
"""


class Downstream:
    """Two ways to keep a crosswalk: all that the newest event of every master says, or each link as it comes."""

    def __init__(self) -> None:
        self.newest: dict[str, dict[str, Any]] = {}
        self.links: dict[RecordName, tuple[int, bool, UUID]] = {}

    def take(self, stored: Stored) -> None:
        """Apply a version greater than the own one."""
        body = orjson.loads(stored.data)
        if body["version"] <= self.newest.get(stored.subject, {"version": 0})["version"]:
            return
        self.newest[stored.subject] = body
        for name, said in _links(body):
            self.links[name] = max(self.links.get(name, said), said)

    def crosswalks(self) -> list[dict[RecordName, UUID]]:
        """Return both."""
        whole: dict[RecordName, tuple[int, bool, UUID]] = {}
        for body in self.newest.values():
            for name, said in _links(body):
                whole[name] = max(whole.get(name, said), said)
        return [{name: said[2] for name, said in kept.items() if said[1]} for kept in (whole, self.links)]


def _links(body: dict[str, Any]) -> list[tuple[RecordName, tuple[int, bool, UUID]]]:
    return [
        (
            RecordName(body["domain"], link["source"], link["key"]),
            (link["link_no"], link["linked"], UUID(body["master"])),
        )
        for link in body["crosswalk"]
    ]


class RestoredMachine(StewardsMachine):
    """Everything that may happen, published to a stream that outlives the database."""

    def __init__(
        self,
        opened: Callable[[MovedClock, str | None], AbstractContextManager[HubUnderTest]],
        server: ForgetfulPostgres,
    ) -> None:
        """`opened` gives a hub whose clock is ours, on a copy of a database if one is named."""
        super().__init__(lambda clock: opened(clock, None))
        self.server, self.opened = server, opened
        self.stream: list[Stored] = []
        self.last: dict[str, Stored] = {}
        self.downstream = Downstream()
        self.backup = self._copy(self.hub.dsn)

    @rule()
    def publish(self) -> None:
        """Bring what waits into the stream, each behind the one the head names."""
        for subject, headers, data, seq, created_at in self.hub.rows(WAITING):
            stored = Stored(subject, headers, data, len(self.stream) + 1, created_at)
            last = self.last.get(subject)
            if last is not None and last.event_id == stored.event_id:
                stored = last  # it was stored before the restore, and is recognized
            else:
                self._store(stored, last)
            with self.hub.hub.begin() as work:
                work.connection.execute(MARK, (stored.sequence, seq))

    @rule()
    def back_up(self) -> None:
        """Copy the database."""
        self.server.drop(self.backup)
        self.backup = self._copy(self.hub.dsn)

    @rule(again=st.integers(min_value=0, max_value=5), published=st.sampled_from([True, True, False]))
    def restore(self, again: int, *, published: bool) -> None:
        """Go back to the copy; sources may send again before what the stream knows more is taken over."""
        if published:
            self.publish()
        self.closing.close()
        self.hub = self.closing.enter_context(self.opened(self.clock, self.backup))
        for source, key, message_id, fact in self.sent[-again:] if again else ():
            self.hub.send(source, key, message_id=message_id, **fact)
            self.hub.process()
        self._repair()
        self.publish()
        with self.hub.hub.begin() as work:
            crosswalk = standing.crosswalk(work)
        assert self.downstream.crosswalks() == [crosswalk, crosswalk]
        masters = {str(master): version for master, version in self.hub.rows("SELECT id, version FROM master")}
        assert {body["master"]: body["version"] for body in self.downstream.newest.values()} == masters

    def teardown(self) -> None:
        """Drop the copy too."""
        super().teardown()
        self.server.drop(self.backup)

    def _store(self, stored: Stored, last: Stored | None) -> None:
        head = self.hub.rows("SELECT event_id::text FROM publishers.head WHERE subject = %s", stored.subject)
        assert head == ([(last.event_id,)] if last else [])
        assert last is None or last.version < stored.version
        self.stream.append(stored)
        self.last[stored.subject] = stored
        self.downstream.take(stored)

    def _repair(self) -> None:
        marks = [Mark(stored.subject, stored.version, UUID(stored.event_id)) for stored in self.stream]
        with self.hub.hub.begin() as work:
            lost: dict[str, dict[int, UUID]] = {}
            for mark in repairing.lost_among(work, marks):
                lost.setdefault(mark.subject, {})[mark.version] = mark.event_id
        for subject in sorted(lost):
            with self.hub.hub.begin() as work:
                repairing.take_over(work, [self.last[subject]], lost, reason="the disk was lost")
        while repairing.announce_anew(self.hub.hub.begin):
            pass

    def _copy(self, dsn: str) -> str:
        name = dsn.rpartition("/")[2]
        self.server.disconnect(name)
        return self.server.create(template=name)

"""What of a master was published when, and to whom."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mdm.core.security import Permission
from mdm.hub.announce import subject
from mdm.hub.golden.read import check_domain, in_sight, readable, unknown
from mdm.hub.publishing.published.receipts import Letter, Receipt, receipt
from mdm.store.publishing import dead_letters
from mdm.store.records import golden_history
from mdm.store.rows import Row
from mdm.store.work import Work
from publishers.jetstream import Readers

PUBLISHED, OUTBOX, LOST = "published", "outbox", "unknown"
MOST_LOOKED_AT = 1_000  # of the newest events, where the stream keeps all
MOST_LETTERS = 1_000


@dataclass(frozen=True, slots=True)
class Announced:
    """An event: `state` says whether it was published, waits in the outbox, or is nowhere to be found any more."""

    version: int
    event_id: UUID
    event_type: str
    recorded_at: datetime
    state: str
    published_at: datetime | None
    stream_sequence: int | None
    attempts: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Published:
    """Events of a master, newest first, and what its subscribers have; `receipts` None: nobody could be asked."""

    domain: str
    master_id: UUID
    subject: str
    events: list[Announced]
    receipts: list[Receipt] | None


def show(
    work: Work,
    domain_name: str,
    master_id: UUID,
    *,
    readers: Readers | None,
    before: int | None = None,
    limit: int = 100,
) -> Published:
    """Return the events of a master below version `before`, and what those who read its subject have of it.

    `readers` is what the server says of the consumers of the stream, None if it does not answer. An id that was merged
    keeps its own events.
    """
    domain = readable(work, domain_name)
    check_domain(work, domain, master_id)
    if not in_sight(work, domain, [master_id]):
        raise unknown(domain, master_id)
    name = subject(domain.name, master_id)
    rows = golden_history.events(work.session, master_id, name, before=before, limit=limit)
    return Published(
        domain=domain.name,
        master_id=master_id,
        subject=name,
        events=[_announced(row) for row in rows],
        receipts=None if readers is None else _receipts(work, domain.name, master_id, name, readers),
    )


def _receipts(work: Work, domain: str, master_id: UUID, name: str, readers: Readers) -> list[Receipt]:
    theirs = [reader for reader in readers.readers if reader.reads(name)]
    limit = readers.kept or MOST_LOOKED_AT
    rows = golden_history.events(work.session, master_id, name, before=None, limit=limit)
    stored = [row for row in rows if row.stream_sequence is not None]
    told = work.actor.may(Permission.OPERATE, domain=domain)
    letters = _letters(work, name, [reader.name for reader in theirs], told=told)
    return [receipt(reader, stored, letters[reader.name], kept=readers.kept) for reader in theirs]


def _letters(work: Work, name: str, subscribers: Sequence[str], *, told: bool) -> Mapping[str, dict[int, Letter]]:
    """Return the dead letters of a subject by subscriber and version, the newest of each."""
    found: dict[str, dict[int, Letter]] = defaultdict(dict)
    rows = dead_letters.page(
        work.session, scope=None, before=None, limit=MOST_LETTERS, subscriber=list(subscribers), subject=name
    )
    for row in reversed(rows):
        if row.version is not None:
            found[row.subscriber][row.version] = Letter(row.id, row.version, row.state, row.reason if told else None)
    return found


def _announced(row: Row) -> Announced:
    in_stream = row.stream_sequence is not None
    return Announced(
        version=row.version,
        event_id=row.event_id,
        event_type=row.event_type,
        recorded_at=row.recorded_at,
        state=PUBLISHED if in_stream else OUTBOX if row.waits else LOST,
        published_at=row.published_at,
        stream_sequence=row.stream_sequence,
        attempts=row.attempts or 0,
        last_error=row.last_error if row.waits else None,
    )

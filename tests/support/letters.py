"""Dead letters of a hub under test, as if a server had told of them."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from mdm.hub import Hub
from mdm.hub.publishing import dead_letters
from mdm.hub.publishing.dead_letters import Filter, Letter
from publishers import Stored
from publishers.dead_letters import Advisory, DeadLetter, Position
from tests.support.hubs import HubUnderTest

NUMBERS = count(1)
STREAM, GOLDEN = "MDM_DEAD_LETTERS", "MDM_GOLDEN"


def publish(hub: HubUnderTest) -> None:
    """Let everything in the outbox be published, without a stream."""
    hub.rows(
        "WITH event AS (UPDATE publishers.outbox SET published_at = clock_timestamp(), stream_sequence = seq"
        " WHERE published_at IS NULL RETURNING *)"
        " INSERT INTO publishers.head"
        " (subject, version, event_id, digest, stream_sequence, headers, data, published_at)"
        " SELECT DISTINCT ON (subject) subject, version, id, digest, stream_sequence, headers, data, published_at"
        " FROM event ORDER BY subject, version DESC ON CONFLICT (subject) DO UPDATE SET version = excluded.version,"
        " event_id = excluded.event_id, digest = excluded.digest, stream_sequence = excluded.stream_sequence,"
        " headers = excluded.headers, data = excluded.data RETURNING 1"
    )


def give_up(
    hub: Hub,
    message: Stored | None,
    *,
    subscriber: str = "erp-loader",
    reason: str | None = "no vendor group",
    **told: Any,
) -> int:
    """Keep that a subscriber gave a message up, and return the number of the dead letter."""
    number = next(NUMBERS)
    now = datetime.now(UTC)
    known = {"id": f"a{number}", "kind": "terminated", "at": now, "stream": GOLDEN, "sequence": 1, "deliveries": 1}
    advisory = Advisory(consumer=subscriber, reason=reason, **known | told)
    letter = DeadLetter(raw=b"{}", received_at=now, advisory=advisory, message=message, stream_created_at=now)
    with hub.begin() as work:
        dead_letters.keep(work, [letter], Position("c", number), stream=STREAM, golden=GOLDEN)
        return int(work.connection.execute("SELECT max(id) FROM dead_letter").fetchone()[0])  # type: ignore[index]


def newest(hub: HubUnderTest, key: str, *, domain: str = "supplier", source: str = "erp") -> Stored:
    """Return the message with the newest event of a record's master."""
    subject = f"mdm.golden.v1.{domain}.{hub.master(source, key, domain=domain)}"
    [(headers, data)] = hub.rows(
        "SELECT headers, data FROM publishers.outbox WHERE subject = %s ORDER BY version DESC LIMIT 1", subject
    )
    return Stored(subject, headers, data, 1, datetime.now(UTC))


def all_letters(hub: HubUnderTest, **wanted: Any) -> list[Letter]:
    """Return the dead letters that meet what is wanted, newest first."""
    with hub.hub.begin() as work:
        return dead_letters.page(work, Filter(**wanted), limit=1_000)

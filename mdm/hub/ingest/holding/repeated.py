"""Rows that say again what their source said last: most of a full export, told without standardizing them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mdm.errors import MdmError
from mdm.hub.ingest.fold import Instant, Segment
from mdm.hub.ingest.interpret import CANONICAL, content_digest, utc
from mdm.sources import Registry, SourceFact
from mdm.store import records
from mdm.store.records import RecordName
from mdm.store.rows import Row
from mdm.store.work import Work

FULL = "full"
START, END, VALUE = (Segment._fields.index(name) for name in ("start", "end", "value"))


class Repeated(NamedTuple):
    """A row that changes nothing, and the attributes of which its record has a value."""

    domain: str
    had: list[str]


def repeated(work: Work, rows: Sequence[Row], *, registry: Registry) -> dict[int, Repeated]:
    """Return, by id, the deliveries whose full fact is the last one that is known of their living record."""
    facts = {row.id: fact for row in rows if (fact := _read(row, registry)) is not None and fact.operation == FULL}
    names = {delivery: RecordName(fact.domain, fact.source, fact.key) for delivery, fact in facts.items()}
    if not names:
        return {}
    times, now = Counter(names.values()), utc(work.now)
    last = records.last_said(work.session, times)
    return {
        delivery: Repeated(name.domain, _had(last[name].claims, now))
        for delivery, name in names.items()
        if times[name] == 1 and name in last and last[name].digest == content_digest(facts[delivery])
    }


def _read(row: Row, registry: Registry) -> SourceFact | None:
    """Read a row as it is; None if it cannot be, which is told elsewhere."""
    try:
        return registry.feed(row.source, row.feed or CANONICAL).interpret(row.raw, row.context or {})
    except MdmError:
        return None


def _had(claims: Mapping[str, list[list[Any]]], instant: Instant) -> list[str]:
    """Return the attributes that have a value at an instant, by the stored form of a state."""
    return [
        name
        for name, segments in claims.items()
        if any(s[VALUE] is not None and s[START] <= instant and (s[END] is None or instant < s[END]) for s in segments)
    ]

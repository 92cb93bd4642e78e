"""Examples of what a held load would do, worked out when somebody looks: no value is kept a second time for them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mdm.core.security import Permission
from mdm.hub.golden.sight import sight_of
from mdm.hub.ingest.holding.comparing import HELD, differences
from mdm.hub.ingest.holding.differences import Difference
from mdm.hub.ingest.interpret import Parsed, Refused, interpret
from mdm.hub.ingest.loads import find
from mdm.hub.ingest.telling import told
from mdm.sources import Registry
from mdm.store.ingest import loads
from mdm.store.records import RecordName
from mdm.store.rows import Row
from mdm.store.work import Work

MOST = 12


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one attribute; of a masked one nothing but that it changes."""

    attribute: str
    before: Any = None
    after: Any = None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a held load: what it does to its record, or why it cannot be used."""

    delivery: int
    row: int | None
    domain: str | None
    key: str | None
    does: str
    changes: list[Change]
    problem: str | None = None


def examples(work: Work, load_id: UUID, *, registry: Registry) -> list[Example]:
    """Return rows that stand for the reasons why a load is held, as the actor may see them; none of other loads."""
    load = find(work, load_id)
    if load.state != HELD or load.comparison is None:
        return []
    rows = {row.id: row for row in loads.rows(work.session, _chosen(load.comparison))}
    parsed: list[Parsed] = []
    shown: list[Example] = []
    for row in rows.values():
        read = interpret(row, catalog=work.catalog, registry=registry, now=row.received_at)
        if isinstance(read, Refused):
            shown.append(_refused(work, row, read))
        else:
            parsed.append(read)
    for name, facts, found, _ in differences(work, parsed):
        delivery = facts[-1].delivery.id
        changes = _changes(work, name, found)
        shown.append(Example(delivery, rows[delivery].row_number, name.domain, name.key, found.kind, changes))
    return sorted(shown, key=lambda example: example.delivery)


def _chosen(comparison: dict[str, Any]) -> list[int]:
    """Choose deliveries for every reason in turn."""
    ids: dict[int, None] = {}
    for reason in comparison["reasons"]:
        samples = comparison["domains"][reason["domain"]]["samples"] if reason["domain"] else comparison["samples"]
        name = ".".join(filter(None, (reason["what"], reason["attribute"])))
        ids |= dict.fromkeys(samples.get(name, ()))
    return list(ids)[:MOST]


def _changes(work: Work, name: RecordName, found: Difference) -> list[Change]:
    domain = work.catalog.domain(name.domain)
    visible: frozenset[str] = frozenset()
    if work.actor.may(Permission.READ, domain=name.domain):
        sight = sight_of(work.actor, domain)
        if sight.reaches((found.before, found.after)):
            sites = domain.sites_of(found.before) | domain.sites_of(found.after)
            visible = domain.visible(work.actor, sites=sites)
    return [
        Change(a, found.before.get(a), found.after.get(a)) if a in visible else Change(a, masked=True)
        for a in sorted(found.changed)
    ]


def _refused(work: Work, row: Row, refused: Refused) -> Example:
    name, error = refused.name, refused.error
    domain = name.domain if name else None
    message, _ = told(work, domain, error.message, error.details)
    return Example(row.id, row.row_number, domain, name.key if name else None, "unreadable", [], message)

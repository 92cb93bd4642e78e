"""What is above and below a golden record, and where it is used, at any valid and recorded time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.security import Permission
from mdm.hub.golden.read import Located, locate
from mdm.hub.golden.sight import sight_of
from mdm.store import golden
from mdm.store.records import golden_references
from mdm.store.records.golden_references import View
from mdm.store.rows import Row
from mdm.store.work import Work

OF_LABELS = frozenset({"text", "code", "identifier", "reference"})


@dataclass(frozen=True, slots=True)
class Node:
    """A golden record in a hierarchy, with what people know it by.

    `attribute` is the reference that leads to its parent or, in a list of ancestors, to it.
    """

    master_id: UUID
    domain: str
    version: int
    status: str
    parent_id: UUID | None
    attribute: str | None
    depth: int
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tree:
    """A golden record, and what is below it, level by level; `truncated`: there is more."""

    root: Node
    below: list[Node]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A golden record that refers to another one by an attribute."""

    master_id: UUID
    domain: str
    version: int
    status: str
    attribute: str
    upward: bool
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Uses:
    """Some of the uses; `last` is where the next ones begin, None if there are no more."""

    items: list[Use]
    last: int | None


@dataclass(frozen=True, slots=True)
class Times:
    """At which valid and recorded time to look; None: now, and all that is known."""

    valid_at: datetime | None = None
    known_at: datetime | None = None


NOW = Times()


def tree(
    work: Work, domain_name: str, master_id: UUID, times: Times = NOW, *, depth: int = 100, limit: int = 1_000
) -> Tree:
    """Return what is below a golden record; a branch whose top the actor may not see is left out."""
    found, view = _begin(work, domain_name, master_id, times)
    start = found.version.master_id
    rows = golden_references.tree(work.session, start, view, depth=depth, limit=limit + 1)
    nodes: dict[UUID, Node] = {}
    for row in rows[:limit]:
        if row.id == start or (row.parent_id in nodes and _reached(work, row) and _leads(work, row)):
            nodes[row.id] = _node(work, row, row.parent_id)
    return Tree(nodes.pop(start), sorted(nodes.values(), key=_order), truncated=len(rows) > limit)


def ancestors(work: Work, domain_name: str, master_id: UUID, times: Times = NOW) -> list[Node]:
    """Return what is above a golden record, the nearest first, as far as the actor may see."""
    found, view = _begin(work, domain_name, master_id, times)
    nodes: list[Node] = []
    below, attributes = found.domain, found.whole
    for row in golden_references.ancestors(work.session, found.version.master_id, view):
        if not (_sees(work, below, row.attribute, attributes) and _reached(work, row)):
            break
        nodes.append(_node(work, row, None))
        below, attributes = work.catalog.domain(row.domain), row.attributes or {}
    return [replace(node, parent_id=above.master_id) for node, above in pairwise(nodes)] + nodes[-1:]


def where_used(
    work: Work,
    domain_name: str,
    master_id: UUID,
    times: Times = NOW,
    *,
    by_domain: str | None = None,
    attribute: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> Uses:
    """Return which golden records of any domain refer to this one, or to one merged into it."""
    found, view = _begin(work, domain_name, master_id, times)
    target = found.version.master_id
    domains = view.shown.keys() if by_domain is None else {work.catalog.domain(by_domain).name} & view.shown.keys()
    rows = golden_references.uses(
        work.session,
        [target, *golden.aliases(work.session, target, times.known_at)],
        view,
        domains=domains,
        attribute=attribute,
        after=after,
        limit=limit + 1,
    )
    items = [_use(work, row) for row in rows[:limit] if _reached(work, row) and _leads(work, row)]
    return Uses(items, rows[limit - 1].id if len(rows) > limit else None)


def _begin(work: Work, domain_name: str, master_id: UUID, times: Times) -> tuple[Located, View]:
    """Find the golden record, as the actor may see it, and how to look from there."""
    found = locate(work, domain_name, master_id, valid_at=times.valid_at, known_at=times.known_at)
    scope = work.actor.scope(Permission.READ)
    shown = {d.name: _labels(d) for d in work.catalog.domains.values() if scope is None or d.name in scope}
    return found, View(times.valid_at or times.known_at or work.now, times.known_at, shown)


def _labels(domain: Domain) -> Sequence[str]:
    """Return the attributes by which people know a thing, and the one that says at which site it is."""
    named = (name for name in domain.search if domain.attributes[name].type in OF_LABELS)
    site = () if domain.site is None else (domain.site,)
    return list(dict.fromkeys([*named, *domain.key, *site]))


def _reached(work: Work, row: Row) -> bool:
    """Tell whether the actor may see a golden record at all."""
    if not work.actor.may(Permission.READ, domain=row.domain):
        return False
    sight = sight_of(work.actor, work.catalog.domain(row.domain))
    return sight.reaches([row.attributes or {}])


def _leads(work: Work, row: Row) -> bool:
    """Tell whether the actor may see what a golden record refers to by an attribute of its own."""
    return _sees(work, work.catalog.domain(row.domain), row.attribute, row.attributes or {})


def _sees(work: Work, domain: Domain, attribute: str, attributes: Mapping[str, Any]) -> bool:
    return attribute in domain.visible(work.actor, sites=domain.sites_of(attributes))


def _shown(work: Work, row: Row) -> dict[str, Any]:
    attributes: Mapping[str, Any] = row.attributes or {}
    return sight_of(work.actor, work.catalog.domain(row.domain)).shown(attributes)


def _node(work: Work, row: Row, parent_id: UUID | None) -> Node:
    attributes = _shown(work, row)
    return Node(row.id, row.domain, row.version, row.status, parent_id, row.attribute, row.depth, attributes)


def _order(node: Node) -> tuple[int, str, str]:
    """Order nodes by level, and within it by what they are called first."""
    called = next(iter(node.attributes.values()), "")
    return node.depth, str(called), str(node.master_id)


def _use(work: Work, row: Row) -> Use:
    return Use(row.master_id, row.domain, row.version, row.status, row.attribute, row.upward, _shown(work, row))

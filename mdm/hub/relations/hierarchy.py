"""What is above and below a golden record, and where it is used, at any valid and recorded time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.security import Permission
from mdm.errors import Contradiction
from mdm.hub.golden.cycles import hierarchy_lock
from mdm.hub.golden.read import Located, locate
from mdm.hub.golden.sight import Sight, sight_of
from mdm.hub.golden.times import NOW, Times
from mdm.store import golden, records
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


def tree(
    work: Work, domain_name: str, master_id: UUID, times: Times = NOW, *, depth: int = 100, limit: int = 1_000
) -> Tree:
    """Return what is below a golden record; a branch whose top the actor may not see is left out."""
    found, view = _begin(work, domain_name, master_id, times)
    start = found.version.master_id
    rows = golden_references.tree(work.session, start, view, depth=depth, limit=limit + 1)
    nodes: dict[UUID, Node] = {}
    eyes = _Eyes(work, view.shown)
    for row in rows[:limit]:
        if row.id == start or (row.parent_id in nodes and eyes.see_both(row)):
            nodes[row.id] = _node(eyes, row, row.parent_id)
    return Tree(nodes.pop(start), sorted(nodes.values(), key=_order), truncated=len(rows) > limit)


def ancestors(work: Work, domain_name: str, master_id: UUID, times: Times = NOW) -> list[Node]:
    """Return what is above a golden record, the nearest first, as far as the actor may see."""
    found, view = _begin(work, domain_name, master_id, times)
    nodes: list[Node] = []
    eyes, below, attributes = _Eyes(work, view.shown), found.domain.name, found.whole
    for row in golden_references.ancestors(work.session, found.version.master_id, view):
        if not (eyes.see_reference(below, row.attribute, attributes) and eyes.see(row)):
            break
        nodes.append(_node(eyes, row, None))
        below, attributes = row.domain, row.attributes or {}
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
    eyes = _Eyes(work, view.shown)
    items = [_use(eyes, row) for row in rows[:limit] if eyes.see_both(row)]
    return Uses(items, rows[limit - 1].id if len(rows) > limit else None)


def check_parent(work: Work, domain: Domain, master_id: UUID, parent_id: UUID, *, valid_at: datetime) -> None:
    """Raise Contradiction if a parent would make a golden record part of itself.

    Nobody else changes the parents of the domain before this Work ends.
    """
    records.take_locks(work.session, {hierarchy_lock(domain)})
    above = golden_references.ancestors(work.session, parent_id, View(valid_at, None, {}))
    if master_id == parent_id or any(row.id == master_id for row in above):
        raise Contradiction(
            f"{parent_id} stands below {master_id}, or is the same {domain.name}.", hint="Move the lower one first."
        )


def _begin(work: Work, domain_name: str, master_id: UUID, times: Times) -> tuple[Located, View]:
    """Find the golden record, as the actor may see it, and how to look from there."""
    found = locate(work, domain_name, master_id, valid_at=times.valid_at, known_at=times.known_at)
    scope = work.actor.scope(Permission.READ)
    shown = {d.name: _labels(d) for d in work.catalog.domains.values() if scope is None or d.name in scope}
    return found, View(times.instant(work.now), times.known_at, shown)


def _labels(domain: Domain) -> Sequence[str]:
    """Return the attributes by which people know a thing, and the one that says at which site it is."""
    named = (name for name in domain.search if domain.attributes[name].type in OF_LABELS)
    site = () if domain.site is None else (domain.site,)
    return list(dict.fromkeys([*named, *domain.key, *site]))


@dataclass(slots=True)
class _Eyes:
    """What the actor sees, found out once for each domain and site: there may be thousands of golden records."""

    work: Work
    labels: Mapping[str, Sequence[str]]
    sights: dict[str, Sight | None] = field(default_factory=dict)
    visible: dict[tuple[str, frozenset[str]], frozenset[str]] = field(default_factory=dict)

    def see(self, row: Row) -> bool:
        """Tell whether the actor may see a golden record at all."""
        sight = self._sight(row.domain)
        return sight is not None and sight.reaches([row.attributes or {}])

    def see_reference(self, domain: str, attribute: str, attributes: Mapping[str, Any]) -> bool:
        """Tell whether the actor may see what a golden record refers to by an attribute."""
        return attribute in self._visible(domain, attributes)

    def see_both(self, row: Row) -> bool:
        """Tell whether the actor may see a golden record and its reference."""
        return self.see(row) and self.see_reference(row.domain, row.attribute, row.attributes or {})

    def shown(self, row: Row) -> dict[str, Any]:
        """Return the attributes by which people know a golden record, what it is called first, none that is masked."""
        attributes: Mapping[str, Any] = row.attributes or {}
        visible = self._visible(row.domain, attributes)
        return {n: attributes[n] for n in self.labels[row.domain] if n in attributes and n in visible}

    def _sight(self, name: str) -> Sight | None:
        if name not in self.sights:
            may = self.work.actor.may(Permission.READ, domain=name)
            self.sights[name] = sight_of(self.work.actor, self.work.catalog.domain(name)) if may else None
        return self.sights[name]

    def _visible(self, name: str, attributes: Mapping[str, Any]) -> frozenset[str]:
        domain = self.work.catalog.domain(name)
        place = name, domain.sites_of(attributes)
        if place not in self.visible:
            self.visible[place] = domain.visible(self.work.actor, sites=place[1])
        return self.visible[place]


def _node(eyes: _Eyes, row: Row, parent_id: UUID | None) -> Node:
    attributes = eyes.shown(row)
    return Node(row.id, row.domain, row.version, row.status, parent_id, row.attribute, row.depth, attributes)


def _order(node: Node) -> tuple[int, str, str]:
    """Order nodes by level, and within it by what they are called first."""
    called = next(iter(node.attributes.values()), "")
    return node.depth, str(called).casefold(), str(node.master_id)


def _use(eyes: _Eyes, row: Row) -> Use:
    return Use(row.master_id, row.domain, row.version, row.status, row.attribute, row.upward, eyes.shown(row))

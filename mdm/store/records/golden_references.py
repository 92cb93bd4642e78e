"""Queries on what golden records refer to, at any valid and recorded time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlmodel import Session

from mdm.store.rows import Row
from mdm.store.sql import as_json, run


@dataclass(frozen=True, slots=True)
class View:
    """At which times to look, and which attributes of each domain to bring; `known_at` None: all that is known."""

    valid_at: datetime
    known_at: datetime | None
    shown: Mapping[str, Sequence[str]]

    @property
    def parameters(self) -> dict[str, Any]:
        """The same, as statements take it."""
        return {"valid_at": self.valid_at, "known_at": self.known_at, "shown": orjson.dumps(dict(self.shown)).decode()}


def current(session: Session, ids: Iterable[UUID]) -> Sequence[Row]:
    """Return what masters refer to: id, master_id, attribute, target_id, upward, valid_from, valid_to."""
    return run(session, "hierarchy/read_references", ids=list(ids))


def end(session: Session, ended: Mapping[int, datetime]) -> None:
    """End references at the instants at which that was recorded."""
    if ended:
        run(session, "hierarchy/end_references", ids=list(ended), untils=list(ended.values()))


def write(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep references: master_id, attribute, target_id, upward, valid_from, valid_to, recorded_at."""
    if rows:
        run(session, "hierarchy/write_references", rows=as_json(rows))


def tree(session: Session, master_id: UUID, view: View, *, depth: int, limit: int) -> Sequence[Row]:
    """Return a master and what is below it: id, parent_id, attribute, depth, domain, version, status, attributes."""
    return run(session, "hierarchy/read_tree", id=master_id, depth=depth, limit=limit, **view.parameters)


def ancestors(session: Session, master_id: UUID, view: View) -> Sequence[Row]:
    """Return what is above a master, the nearest first: id, attribute, depth, domain, version, status, attributes."""
    return run(session, "hierarchy/read_ancestors", id=master_id, **view.parameters)


def uses(
    session: Session,
    ids: Collection[UUID],
    view: View,
    *,
    domains: Collection[str],
    attribute: str | None,
    after: int,
    limit: int,
) -> Sequence[Row]:
    """Return which masters refer to these: id, master_id, attribute, upward, domain, version, status, attributes."""
    return run(
        session,
        "hierarchy/read_uses",
        ids=list(ids),
        domains=list(domains),
        attribute=attribute,
        after=after,
        limit=limit,
        **view.parameters,
    )

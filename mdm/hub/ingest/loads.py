"""Loads: files accepted row by row, resumable where they stopped."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from mdm.core.ids import new_id
from mdm.core.security import Permission
from mdm.core.yaml_file import suggestion
from mdm.errors import NotFound, UnknownFile, UnknownSource
from mdm.hub.action_log import log_action
from mdm.hub.ingest.deliver import Message, deliver
from mdm.hub.ingest.holding.comparing import ACCEPTED, COMPARING
from mdm.hub.ingest.holding.limits import Reason
from mdm.sources import Feed, Registry, Row, Rows
from mdm.store.ingest import deliveries, loads
from mdm.store.tables import Load
from mdm.store.work import Work

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

BATCH = 500  # rows accepted in one transaction


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a file has been accepted: rows, and bytes of `size`."""

    load_id: UUID
    rows: int
    position: int
    size: int


@dataclass(frozen=True, slots=True)
class Compared:
    """How many records of a domain a load speaks of, by what it does to them, and per attribute how many it changes."""

    records: dict[str, int]
    changed: dict[str, int]
    blanked: dict[str, int]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """A load, and what became of its deliveries, counted by state.

    `comparison` says by domain what it would have changed when it was compared; None if it was not, or is not yet.
    `reasons` are those for which it was held.
    """

    id: UUID
    source: str
    feed: str
    file_name: str
    state: str
    rows: int
    started_by: str
    started_at: datetime
    accepted_at: datetime | None
    deliveries: dict[str, int]
    domains: list[str]
    comparison: dict[str, Compared] | None
    unreadable: int | None
    reasons: list[Reason]
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


def opened(path: Path, *, source: str, registry: Registry) -> tuple[Feed, Rows]:
    """Find the feed of a file and read its header; raises UnknownSource, UnknownFile or UnreadableFile."""
    if not path.is_file():
        raise UnknownFile(f"There is no file {path}.")
    feed = registry.feed_for(source, path.name)
    return feed, feed.open(path)


def load_file(
    begin: Begin, path: Path, *, source: str, registry: Registry, initial: bool = False
) -> Iterator[Progress]:
    """Accept the rows of a file, yielding progress after every transaction.

    The values of an `initial` load need no approval: it brings over what the company already works with.

    The same content loaded again resumes where it stopped, or does nothing if it was accepted whole. Raises
    UnknownSource, UnknownFile or UnreadableFile before anything is kept.
    """
    feed, rows = opened(path, source=source, registry=registry)
    with path.open("rb") as stream:
        content = file_digest(stream, "sha256").hexdigest()
    with begin() as work:
        load = _start(work, feed, path, content=content, context=rows.context, initial=initial)
    taken, position = load.rows, load.position
    yield Progress(load.id, taken, position, rows.size)
    remaining = iter(feed.rows(path, position, rows.context))
    while load.accepted_at is None:
        batch = list(islice(remaining, BATCH))
        position = batch[-1].offset if batch else rows.size
        taken += len(batch)
        with begin() as work:
            load = _advance(work, load.id, batch, content=content, position=position, rows=taken)
        yield Progress(load.id, taken, position, rows.size)


def _start(work: Work, feed: Feed, path: Path, *, content: str, context: dict[str, Any], initial: bool) -> Load:
    work.actor.require(Permission.DELIVER)
    if initial:
        work.actor.require(Permission.ADMINISTER)
    _check_source(work, feed)
    known = loads.find(work.session, source=feed.source, feed=feed.name, file_digest=content)
    if known is not None:
        return known
    load = Load(
        id=new_id(),
        source=feed.source,
        feed=feed.name,
        file_name=path.name,
        file_digest=content,
        context=context,
        state="loading",
        position=context["offset"],
        rows=0,
        initial=initial,
        started_by=work.actor.name,
        started_at=work.now,
        domains=[feed.domain] if feed.domain else [],
    )
    kept = loads.add(work.session, load)
    if kept.id == load.id:
        _log_start(work, load, feed.domain)
    return kept


def _log_start(work: Work, load: Load, domain: str | None) -> None:
    details = {
        "source": load.source,
        "feed": load.feed,
        "file": load.file_name,
        "sha256": load.file_digest,
        "initial": load.initial,
    }
    log_action(work, action="load.started", subject=f"load/{load.id}", domain=domain, details=details)


def _check_source(work: Work, feed: Feed) -> None:
    """Refuse a source that no domain knows: every row of it would be set aside."""
    domains = [work.catalog.domain(feed.domain)] if feed.domain else work.catalog.domains.values()
    known = {source for domain in domains for source in domain.sources}
    if feed.source not in known:
        of = f"domain {feed.domain}" if feed.domain else "any domain"
        raise UnknownSource(f'"{feed.source}" is no source of {of}.', hint=suggestion(feed.source, known))


def _advance(work: Work, load_id: UUID, batch: Sequence[Row], *, content: str, position: int, rows: int) -> Load:
    load = loads.get(work.session, load_id, lock=True)
    if load is None:
        raise NotFound(f"Load {load_id} is gone.")
    if batch:
        messages = [
            Message(row.raw, f"{load.feed}:{content[:32]}:{row.number}", row_number=row.number) for row in batch
        ]
        deliver(work, messages, source=load.source, load_id=load_id)
    elif load.accepted_at is None:
        load.accepted_at = work.now
        load.state = COMPARING if not load.initial and rows >= _fewest_compared(work, load) else ACCEPTED
    load.position, load.rows = max(load.position, position), max(load.rows, rows)
    work.session.flush()
    return load


def _fewest_compared(work: Work, load: Load) -> int:
    """Return how many rows a load must have to be compared: fewer could not be held."""
    domains = work.catalog.domains.values()
    return min(domain.sources[load.source].hold.at_least for domain in domains if load.source in domain.sources)


def page(work: Work, *, state: str | None = None, before: UUID | None = None, limit: int = 100) -> list[LoadReport]:
    """Return loads, newest first, below the id `before`; stewards see those of their domains."""
    scope = _seen_domains(work)
    found = loads.page(work.session, state=state, scope=scope, before=before, limit=limit)
    return [_report(work, load) for load in found]


def show(work: Work, load_id: UUID) -> LoadReport:
    """Return one load with the states of its deliveries."""
    return _report(work, find(work, load_id))


def find(work: Work, load_id: UUID, *, lock: bool = False) -> Load:
    """Return a load that the actor may see; raises NotFound."""
    scope = _seen_domains(work)
    load = loads.get(work.session, load_id, lock=lock)
    if load is None or (scope is not None and scope.isdisjoint(load.domains)):
        raise NotFound(f"There is no load {load_id}.")
    return load


def _seen_domains(work: Work) -> frozenset[str] | None:
    """Return the domains whose loads the actor sees: operators those of all (None), stewards those of theirs."""
    if work.actor.may(Permission.OPERATE) or not work.actor.may(Permission.STEWARD):
        work.actor.require(Permission.OPERATE)
        return None
    return work.actor.scope(Permission.STEWARD)


def count_pending(work: Work, load_ids: Sequence[UUID]) -> int:
    """Count the deliveries of loads that still await processing."""
    work.actor.require(Permission.OPERATE)
    return deliveries.pending(work.session, load_ids=load_ids)


def _report(work: Work, load: Load) -> LoadReport:
    found = load.comparison or {}
    return LoadReport(
        id=load.id,
        source=load.source,
        feed=load.feed,
        file_name=load.file_name,
        state=load.state,
        rows=load.rows,
        started_by=load.started_by,
        started_at=load.started_at,
        accepted_at=load.accepted_at,
        deliveries=deliveries.count_by_state(work.session, load_id=load.id),
        domains=load.domains,
        comparison={n: Compared(t["records"], t["changed"], t["blanked"]) for n, t in found["domains"].items()}
        if found
        else None,
        unreadable=found.get("unreadable"),
        reasons=[Reason(**reason) for reason in found.get("reasons", ())],
        decided_by=load.decided_by,
        decided_at=load.decided_at,
        note=load.note,
    )

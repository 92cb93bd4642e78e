"""What a golden record becomes if its owners approve: every slice that would change, before anybody has decided."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import new_id
from mdm.hub.approval import Held, guard
from mdm.hub.approval.guard import PAST, PENDING
from mdm.hub.approval.requests import PERSON
from mdm.hub.golden.cycles import closing_parents
from mdm.hub.golden.draft import case_of
from mdm.hub.stewardship.slices import SliceChanges, changed_slices
from mdm.store import golden, stewardship
from mdm.store.tables import ChangeRequest
from mdm.store.work import Work
from survivorship import Override
from survivorship.intervals import sooner

Changes = Sequence[Mapping[str, Any]]


def foreseen(
    work: Work, domain: Domain, master_id: UUID, request: ChangeRequest, *, visible: Collection[str], from_now: bool
) -> SliceChanges:
    """Return every slice of a living master that changes when a request is approved; nothing is written."""
    now = work.now
    if request.kind == PERSON:
        pins = pins_of(request.changes, now, from_now=from_now)
        return foreseen_pins(work, domain, master_id, pins, visible=visible)
    left = [h for held in _held(work, master_id) for h in _left(held, request.id, now, from_now=from_now)]
    return _foreseen(work, domain, master_id, _units(request.changes), left, (), visible=visible)


def foreseen_waiting(work: Work, domain: Domain, master_id: UUID, *, visible: Collection[str]) -> SliceChanges:
    """Return every slice of a living master that changes when all that waits is approved; nothing is written."""
    held = _held(work, master_id)
    waiting = frozenset(h.attribute for h in held if h.state == PENDING)
    left = [h for h in held if h.state != PENDING]
    return _foreseen(work, domain, master_id, waiting, left, (), visible=visible)


def foreseen_pins(
    work: Work, domain: Domain, master_id: UUID, pins: Changes, *, visible: Collection[str]
) -> SliceChanges:
    """Return every slice of a living master that changes when these values are pinned on it; nothing is written."""
    new = [_override(pin, work.now) for pin in pins]
    return _foreseen(work, domain, master_id, _units(pins), _held(work, master_id), new, visible=visible)


def _foreseen(
    work: Work,
    domain: Domain,
    master_id: UUID,
    asked: frozenset[str],
    held: Sequence[Held],
    pinned: Sequence[Override],
    *,
    visible: Collection[str],
) -> SliceChanges:
    now = work.now
    links = golden.links(work.session, [master_id]).get(master_id, ())
    stored = golden.current_slices(work.session, [master_id]).get(master_id, ())
    known = stewardship.overrides(work.session, [master_id]).get(master_id, ())
    case = case_of(domain, links, known, evaluated_at=now)
    case = replace(case, overrides=[*case.overrides, *pinned])
    guarded = guard(case, baseline=stored, units=domain.critical - asked, standing=held)
    if closing := closing_parents(work, domain, master_id, guarded.rebuilt.slices):
        guarded = guard(case, baseline=stored, units=domain.critical - asked, standing=[*closing, *held])
    return changed_slices(domain, stored, guarded.rebuilt.slices, asked=asked, visible=visible, now=now)


def _units(changes: Changes) -> frozenset[str]:
    return frozenset(change["attribute"] for change in changes)


def _held(work: Work, master_id: UUID) -> list[Held]:
    return [Held.of(row) for row in stewardship.holds(work.session, [master_id]).get(master_id, ())]


def _left(held: Held, request_id: UUID, now: datetime, *, from_now: bool) -> Iterator[Held]:
    """Yield what an approved request leaves of a hold: all of another one's, and the past if it counts from now on."""
    if held.request_id != request_id or held.state != PENDING:
        yield held
    elif from_now and (held.valid_from is None or held.valid_from < now):
        yield replace(held, valid_to=sooner(held.valid_to, now), state=PAST)


def pins_of(changes: Changes, now: datetime, *, from_now: bool) -> Changes:
    """Return the values that a person's request pins; `from_now` leaves out what is past."""
    pins = [{**change, "value": change["proposed"]} for change in changes]
    return list(_from(now, pins)) if from_now else pins


def _from(now: datetime, pins: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for pin in pins:
        start, end = _instant(pin["valid_from"]), _instant(pin["valid_to"])
        if end is None or end > now:
            yield {**pin, "valid_from": max(start or now, now).isoformat()}


def _override(pin: Mapping[str, Any], now: datetime) -> Override:
    """Return a value as survivorship would know it were it pinned now."""
    return Override(
        id=str(new_id()),
        attribute=pin["attribute"],
        value=pin["value"],
        std=pin["std"],
        made_at=now,
        valid_from=_instant(pin["valid_from"]),
        valid_to=_instant(pin["valid_to"]),
        expires_at=_instant(pin["expires_at"]),
        agreement=None if (named := pin.get("until_agreed_by")) is None else tuple(named),
    )


def _instant(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)

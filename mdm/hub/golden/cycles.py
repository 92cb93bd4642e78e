"""Parents that would make a thing part of itself: found while masters are rebuilt, kept out, and asked about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.ids import lock_number
from mdm.hub import tasks
from mdm.hub.approval import Held
from mdm.hub.golden.draft import Draft
from mdm.hub.tasks import CYCLE, Question
from mdm.store import golden, records, stewardship
from mdm.store.records import redo
from mdm.store.work import Work
from survivorship.intervals import first_at

DEEPEST = 1_000  # levels of a hierarchy that are looked through
Redraft = Callable[[UUID, Sequence[Held]], Draft]


def break_cycles(work: Work, domain: Domain, drafts: Mapping[UUID, Draft], redraft: Redraft) -> dict[UUID, Draft]:
    """Keep every parent back that would close a cycle, and draft those masters again without it.

    One transaction at a time changes the parents of a domain, or two might close a cycle between them.
    """
    upward = _upward(domain)
    kept = {master: [h for h in d.found.held if h.state == CYCLE] for master, d in drafts.items()}
    now = work.now
    moved = {m for m, d in drafts.items() if upward and (_moves(d, upward, now=now) or kept[m])}
    if not moved:
        return dict(drafts)
    records.take_locks(work.session, {hierarchy_lock(domain)})
    result = dict(drafts)
    for master in sorted(moved):
        free = redraft(master, [h for h in drafts[master].found.held if h.state != CYCLE])
        result[master] = free
        held = _closing(_Above(work, result), master, free.rebuilt.slices, upward, kept[master], now=now)
        if held:
            result[master] = redraft(master, [*held, *(h for h in drafts[master].found.held if h.state != CYCLE)])
    _ask(work, domain, result, moved)
    _try_others_again(work, domain, moved)
    return result


def closing_parents(work: Work, domain: Domain, master_id: UUID, slices: Sequence[Any]) -> list[Held]:
    """Return what would be kept back if a master had these slices: parents that close a cycle; nothing is written."""
    upward = _upward(domain)
    return _closing(_Above(work, {}), master_id, slices, upward, (), now=work.now) if upward else []


def _upward(domain: Domain) -> list[str]:
    """Return the attributes that name a parent of the same domain."""
    return [name for name in domain.hierarchy if domain.references[name] == domain.name]


def hierarchy_lock(domain: Domain) -> int:
    """Return the lock of whoever changes parents of a domain."""
    return lock_number(f"hierarchy|{domain.name}")


@dataclass(slots=True)
class _Above:
    """Who is above whom, as drafted here or stored."""

    work: Work
    drafts: Mapping[UUID, Draft]
    stored: dict[UUID, Sequence[Any]] = field(default_factory=dict)

    def reaches(self, start: UUID, wanted: UUID, names: Sequence[str], instant: datetime) -> bool:
        """Tell whether going up from one master leads to another."""
        above: UUID | None = start
        seen: set[UUID] = set()
        while above is not None and above not in seen and len(seen) < DEEPEST:
            if above == wanted:
                return True
            seen.add(above)
            above = self._parent(above, names, instant)
        return False

    def _parent(self, master: UUID, names: Sequence[str], instant: datetime) -> UUID | None:
        s = first_at(self._timeline(master), instant)
        return None if s is None else next((p for name in names if (p := parent_in(s, name)) is not None), None)

    def _timeline(self, master: UUID) -> Sequence[Any]:
        if master in self.drafts:
            return self.drafts[master].rebuilt.slices
        if master not in self.stored:
            self.stored[master] = golden.current_slices(self.work.session, [master]).get(master, ())
        return self.stored[master]


def parent_in(stretch: Any, name: str) -> UUID | None:
    """Return the master that a slice names in a reference, None if it names none that is known."""
    value = stretch.attributes.get(name)
    return UUID(value["master"]) if isinstance(value, dict) and value.get("master") else None


def _moves(draft: Draft, upward: Sequence[str], *, now: datetime) -> bool:
    """Tell whether a master gets or loses parents, now or at a day ahead."""
    before, after = (
        {
            parent
            for s in timeline
            for name in upward
            if (s.valid_to is None or s.valid_to > now) and (parent := parent_in(s, name)) is not None
        }
        for timeline in (draft.found.stored, draft.rebuilt.slices)
    )
    return before != after


def _closing(
    above: _Above, master_id: UUID, slices: Sequence[Any], upward: Sequence[str], kept: Sequence[Held], *, now: datetime
) -> list[Held]:
    """Return a hold for each stretch of time in which a parent would close a cycle."""
    found = []
    for s in slices:
        instant = now if s.valid_from is None else max(s.valid_from, now)
        if s.valid_to is not None and s.valid_to <= now:
            continue
        for name in upward:
            parent = parent_in(s, name)
            if parent is not None and above.reaches(parent, master_id, upward, instant):
                new = Held(name, str(parent), None, None, s.valid_from, s.valid_to, CYCLE)
                found.append(next((h for h in kept if replace(h, id=None) == new), new))
    return found


def _ask(work: Work, domain: Domain, drafts: Mapping[UUID, Draft], moved: set[UUID]) -> None:
    questions = [
        Question(master, f"`{h.attribute}` would make it part of itself.", topic=h.attribute, touched=[h.attribute])
        for master in sorted(moved)
        for h in {h.attribute: h for h in drafts[master].guarded.held if h.state == CYCLE}.values()
    ]
    tasks.renew(work, domain, CYCLE, questions, around=moved)


def _try_others_again(work: Work, domain: Domain, moved: set[UUID]) -> None:
    """Have the masters done again whose parents were kept back: what closed their cycle may have moved."""
    waiting = stewardship.records_in_cycles(work.session, domain=domain.name, besides=moved)
    now = work.now
    redo.add(work.session, [{"record_id": r, "reason": CYCLE, "due_at": now} for r in waiting], now=now)

"""What becomes of golden records when other rules are switched on, counted and shown by examples."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from mdm.hub.announce import Change
from mdm.hub.approval.guard import PENDING
from mdm.hub.golden import Draft
from mdm.hub.golden.draft import EFFECTIVE
from mdm.hub.releases.simulation.rules import Rules
from mdm.hub.releases.simulation.tally import Example, Tally
from mdm.store import stewardship
from mdm.store.work import Work
from survivorship.intervals import START, opened, side_by_side

NOW, FUTURE, PAST = "now", "future", "past"
TENSES = (NOW, FUTURE, PAST)  # in this order one of them speaks for an attribute
SOMEBODY = "steward"  # of whom values are that were pinned


class Difference(NamedTuple):
    """Another value of an attribute from an instant on; None: since ever."""

    since: datetime | None
    before: Any
    after: Any
    was: Mapping[str, Any] | None
    becomes: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Effects:
    """Counts what the drafts of a portion change."""

    rules: Rules
    tally: Tally

    def count(self, drafts: Sequence[Draft], work: Work) -> None:
        """Count drafts, and the change requests to owners that would come of them."""
        for d in drafts:
            self._count_events(d)
            self._count_identity(d)
            if d.master.version and d.master.merged_into is None:
                self._count_values(d)
            self._count_held(d)
        self._count_requests(drafts, work)

    def _count_events(self, d: Draft) -> None:
        announced = [change for change in d.changes if change.type != EFFECTIVE]
        for change in announced:
            self.tally.count("events", change.type)
        if any(self._is_critical(change) for change in announced):
            self.tally.count("masters", "critical")

    def _is_critical(self, change: Change) -> bool:
        before, after = change.before or {}, change.after or {}
        names = (name for name in {*before, *after} if before.get(name) != after.get(name))
        return any(self.rules.after.unit_of(name) in self.rules.after.critical for name in names)

    def _count_identity(self, d: Draft) -> None:
        master = d.master
        if master.merged_into is not None:
            self.tally.count("masters", "merged")
            self._keep(d, ("merged",), {"into": str(master.merged_into), "records": _names(d, master.left)})
        if master.split_to and master.merged_into is None:
            self.tally.count("masters", "split")
            self._keep(d, ("split",), {"records": _names(d, master.left)})
        if master.version == 0:
            self.tally.count("masters", "new")
        joined = set(master.joined)
        for link in d.found.links:
            if link.linked and link.record_id in joined:
                self.tally.count("moved", link.source)

    def _count_values(self, d: Draft) -> None:
        changed = differences(d.found.stored, d.rebuilt.slices, now=self.rules.now)
        if changed:
            self.tally.count("masters", "changed")
        elif d.slices.new or d.slices.ended:
            self.tally.count("masters", "unannounced")
        for name, tenses in changed.items():
            for tense in tenses:
                self.tally.count("changed", name, tense)
            tense = next(one for one in TENSES if one in tenses)
            self._count_change(d, name, tense, tenses[tense])

    def _count_change(self, d: Draft, name: str, tense: str, found: Difference) -> None:
        lost, won = set(_sources(found.was)), set(_sources(found.becomes))
        for source in lost - won:
            self.tally.count("lost", source)
        for source in won - lost:
            self.tally.count("won", source)
        self.tally.count("attribute", name)
        place = ("changed", name)
        if self.tally.wants(place, _name(d)):
            said = {"attribute": name, "when": tense, "since": found.since and found.since.isoformat()}
            values = {"before": found.before, "after": found.after, "was": found.was, "becomes": found.becomes}
            self._keep(d, place, {**said, **values, "losers": _losers(d, name, found)})

    def _count_held(self, d: Draft) -> None:
        new = [h for h in d.guarded.held if h.id is None and h.state == PENDING]
        if new:
            self.tally.count("masters", "held")
        self.tally.count("values", "held", by=len(new))
        for unit, held in {h.attribute: h for h in reversed(new)}.items():
            self.tally.count("held", unit)
            said = {"attribute": unit, "before": held.approved, "after": held.proposed}
            self._keep(d, ("held", unit), {**said, "owner": self.rules.after.owner_of(unit)})

    def _count_requests(self, drafts: Sequence[Draft], work: Work) -> None:
        """Count the change requests that would be made to owners, and those that nobody need answer any more."""
        concerned = [d for d in drafts if d.found.held or d.guarded.held]
        if not concerned:
            return
        rows = stewardship.open_requests(work.session, [d.master.id for d in concerned])
        standing = {(row.master_id, row.owner) for row in rows}
        wanted = {
            (d.master.id, self.rules.after.owner_of(h.attribute))
            for d in concerned
            for h in d.guarded.held
            if h.state == PENDING
        }
        for _, owner in wanted - standing:
            self.tally.count("requests", owner, "opened")
        for _, owner in standing - wanted:
            self.tally.count("requests", owner, "closed")

    def _keep(self, d: Draft, place: tuple[str, ...], example: Example) -> None:
        """Keep an example of a master; `sites` are those at which it is known."""
        about, known = _name(d), str(d.master.id) if d.master.version else None
        if self.tally.wants(place, about):
            timeline: list[Any] = [*d.found.stored, *d.rebuilt.slices]
            sites = sorted({site for s in timeline for site in self.rules.after.sites_of(s.attributes)})
            self.tally.keep(place, about, {"kind": place[0], "master": known, "sites": sites, **example})


def differences(before: Sequence[Any], after: Sequence[Any], *, now: datetime) -> dict[str, dict[str, Difference]]:
    """Return what differs between two timelines: attribute → now, future, past → the earliest difference there."""
    found: dict[str, dict[str, Difference]] = {}
    if [(s.valid_from, s.valid_to, s.attributes) for s in before] == [
        (s.valid_from, s.valid_to, s.attributes) for s in after
    ]:
        return found
    for (start, end), old, new in side_by_side(before, after):
        values, others = (one.attributes if one is not None else {} for one in (old, new))
        if values == others:
            continue
        tense = PAST if end <= now else FUTURE if start > now else NOW
        for name in {*values, *others}:
            if values.get(name) != others.get(name):
                was, becomes = (one.provenance.get(name) if one is not None else None for one in (old, new))
                difference = Difference(opened((start, end))[0], values.get(name), others.get(name), was, becomes)
                found.setdefault(name, {}).setdefault(tense, difference)
    return found


def _sources(origin: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield the sources that provenance names."""
    if origin is None or origin["record"] is None:
        return
    if origin["rule"] == "override":
        yield SOMEBODY
        return
    named = origin["record"]
    for record in [named] if isinstance(named, str) else named:
        yield str(record).partition("/")[0]


def _name(d: Draft) -> str:
    """Return what is the same for a master in every run: a new one has its id by chance."""
    return str(d.master.id) if d.master.version else min(f"{link.source}/{link.source_key}" for link in d.found.links)


def _losers(d: Draft, name: str, found: Difference) -> list[list[str]]:
    """Return which records lose by the new rules, and why."""
    verdict = d.case.verdict(d.case.policy.unit_of(name), found.since or START, d.guarded.held)
    return [[one.claim.record, one.reason.value] for one in verdict.losers]


def _names(d: Draft, records: Sequence[int]) -> list[str]:
    return sorted(f"{link.source}/{link.source_key}" for link in d.found.links if link.record_id in set(records))

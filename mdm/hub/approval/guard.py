"""Values that must not be published before their owner decides: found, and kept back at the approved ones."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from mdm.errors import RuleError
from mdm.store.rows import Row
from survivorship import (
    Change,
    Claim,
    Hold,
    Override,
    Policy,
    Rebuilt,
    Verdict,
    counterfactuals,
    explain,
    rebuild,
)
from survivorship.intervals import START, Bound, elementary, first_at, holds_at, joined, opened, side_by_side

PENDING, REJECTED, PAST = "pending", "rejected", "past"
ROUNDS = 100  # of keeping back; two are usual


class Stretch(Protocol):
    """Attributes and their provenance over `[valid_from, valid_to)`; None is open."""

    @property
    def valid_from(self) -> Bound: ...
    @property
    def valid_to(self) -> Bound: ...
    @property
    def attributes(self) -> dict[str, Any]: ...
    @property
    def provenance(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Held:
    """A value kept back over `[valid_from, valid_to)`: by its std, with the approved one in its place.

    Of one that is rebuilt, `proposed` would be published without it, by these claims or this pinned value.
    """

    attribute: str
    std: Any
    approved: Any
    record: Any
    valid_from: Bound
    valid_to: Bound
    state: str = PENDING
    id: int | None = None
    request_id: UUID | None = None
    proposed: Any = None
    claims: tuple[Claim, ...] = ()
    pin: str | None = None

    @classmethod
    def of(cls, row: Row) -> "Held":
        """Read a stored hold."""
        return cls(
            row.attribute, row.std, row.approved, row.record, row.valid_from, row.valid_to, row.state, row.id,
            row.request_id,
        )  # fmt: skip

    def as_hold(self) -> Hold:
        """Return it as survivorship knows it."""
        return Hold(
            attribute=self.attribute,
            std=self.std,
            approved=self.approved,
            record=self.record,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


@dataclass(frozen=True, slots=True)
class Guarded:
    """A golden record in which nothing is published that awaits approval, and what is kept back for it."""

    rebuilt: Rebuilt
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What survivorship decides on; `inherited` names the overrides that were made, and approved, on other masters."""

    claims: Sequence[Claim]
    policy: Policy
    overrides: Sequence[Override]
    evaluated_at: datetime
    inherited: frozenset[str] = frozenset()

    def rebuilt(self, held: Collection[Held]) -> Rebuilt:
        """Let values survive beside what is kept back."""
        holds = [h.as_hold() for h in held]
        return rebuild(
            self.claims, self.policy, evaluated_at=self.evaluated_at, overrides=self.pinned(held), holds=holds
        )

    def verdict(self, unit: str, instant: datetime, held: Collection[Held] = ()) -> Verdict:
        """Explain one attribute or coupled group at an instant (`START`: since ever)."""
        return explain(
            self.claims,
            self.policy,
            unit,
            valid_at=instant,
            evaluated_at=self.evaluated_at,
            overrides=self.pinned(held),
            holds=[h.as_hold() for h in held],
        )

    def counterfactuals(self, unit: str, instant: datetime, held: Collection[Held]) -> Mapping[str, Change | None]:
        """Return for each record that loses the smallest change that would let it win; None: no single one does."""
        return counterfactuals(
            self.claims,
            self.policy,
            unit,
            valid_at=instant,
            evaluated_at=self.evaluated_at,
            overrides=self.pinned(held),
            holds=[h.as_hold() for h in held],
        )

    def pinned(self, held: Collection[Held]) -> Sequence[Override]:
        """Return the overrides without those of other masters where they are kept back."""
        if not self.inherited or not held:
            return self.overrides
        return [part for o in self.overrides for part in self._parts(o, [h for h in held if self.concerns(h, o)])]

    def concerns(self, held: Held, override: Override) -> bool:
        """Tell whether a held value is one that was pinned on another master."""
        std = override.value if override.std is None else override.std
        return override.id in self.inherited and (override.attribute, std) == (held.attribute, held.std)

    def _parts(self, override: Override, held: Collection[Held]) -> Iterable[Override]:
        if not held:
            return [override]
        return [
            replace(override, valid_from=begun, valid_to=over)
            for start, end in elementary([override, *held])
            if holds_at(override, start) and first_at(held, start) is None
            for begun, over in [opened((start, end))]
        ]


def guard(case: Case, *, baseline: Sequence[Stretch], units: Collection[str], standing: Sequence[Held]) -> Guarded:
    """Rebuild, keeping every difference to the approved `baseline` back in the units that need approval.

    `standing` is what is kept back already; what of it no longer bites is left out. Raises RuleError if no hold helps.
    """
    kept = [h for stored in standing if (h := _still(case, stored, standing)) is not None]
    rebuilt = case.rebuilt(kept)
    for _ in range(ROUNDS):
        found = [h for unit in sorted(units) for h in _kept_back(case, unit, baseline, rebuilt.slices, kept)]
        if not found:
            return Guarded(rebuilt, tuple(_with_proposal(case, h, kept) for h in kept))
        kept = found + kept  # of two on one value the newer one counts
        rebuilt = case.rebuilt(kept)  # what was hidden by a value that is kept back now may need it too
    raise RuleError("Values that need approval cannot be kept back.", hint="Nothing was published; please report this.")


def changed_units(
    policy: Policy, units: Collection[str], before: Sequence[Stretch], after: Sequence[Stretch], *, now: datetime
) -> set[str]:
    """Return the units whose values differ between two timelines in a way that needs approval."""
    return {unit for unit in units if _changes(policy, unit, before, after, now)}


def _changes(policy: Policy, unit: str, before: Sequence[Stretch], after: Sequence[Stretch], now: datetime) -> bool:
    known = [_value(policy, unit, stretch) for stretch in before]
    return any(
        _differs(_value(policy, unit, old), _value(policy, unit, new), end, now, known=known)
        for (_, end), old, new in side_by_side(before, after)
    )


def _differs(approved: Any, value: Any, end: datetime, now: datetime, *, known: Sequence[Any]) -> bool:
    """Tell whether a change needs approval; to know that an approved value held earlier already does not."""
    earlier = approved is None and end <= now and value in known
    return bool(approved != value and not earlier)


def _kept_back(
    case: Case, unit: str, before: Sequence[Stretch], after: Sequence[Stretch], kept: Sequence[Held]
) -> list[Held]:
    """Return what must be kept back of one unit: neighbours that say the same as one."""
    differences = _differences(case, unit, before, after, kept)
    return joined(differences, _same, lambda held, end: replace(held, valid_to=end))


def _differences(
    case: Case, unit: str, before: Sequence[Stretch], after: Sequence[Stretch], kept: Sequence[Held]
) -> Iterator[Held]:
    """Yield what must be kept back of one unit: approved value instead of new one, interval by interval."""
    spoken = [c for c in case.claims if case.policy.unit_of(c.attribute) == unit]
    known = [_value(case.policy, unit, stretch) for stretch in before]
    for start, end in elementary([*before, *after, *spoken]):
        old, new = first_at(before, start), first_at(after, start)
        approved = _value(case.policy, unit, old)
        if _differs(approved, _value(case.policy, unit, new), end, case.evaluated_at, known=known):
            verdict = case.verdict(unit, start, kept)
            if not _is_approved(case, verdict):
                over = approved is None and end <= case.evaluated_at
                state = PAST if over else PENDING  # what was never approved and is over stays out unasked
                origin = _record(case.policy, unit, old)
                yield Held(unit, verdict.std, approved, origin, *opened((start, end)), state)


def _is_approved(case: Case, verdict: Verdict) -> bool:
    """Tell whether a value was pinned: it was approved then, but for the master on which it was."""
    decided = verdict.decided_by
    return isinstance(decided, Override) and decided.id not in case.inherited


def _same(one: Held, other: Held) -> bool:
    return (one.std, one.approved, one.record, one.state) == (other.std, other.approved, other.record, other.state)


def _still(case: Case, held: Held, standing: Collection[Held]) -> Held | None:
    """Return what is still kept back of a held value, None if it would not win anywhere any longer.

    A value that its source took back stays out of the time in which the source said it, and nobody is asked any more.
    """
    spoken = [c for c in case.claims if case.policy.unit_of(c.attribute) == held.attribute]
    ends = [
        end
        for start, end in elementary([held, *spoken, *case.overrides])
        if holds_at(held, start) and _bites(case, held, start, standing)
    ]
    if not ends:
        return None
    now = case.evaluated_at
    present = held.valid_to is None or held.valid_to > now
    taken_back = held.state == PENDING and present and all(end <= now for end in ends)
    return replace(held, valid_to=ends[-1], state=PAST) if taken_back else held


def _bites(case: Case, held: Held, instant: datetime, standing: Collection[Held]) -> bool:
    """Tell whether a held value would win at an instant, of the claims or as pinned on another master."""
    said = replace(case, overrides=case.pinned(standing)).verdict(held.attribute, instant, [held])
    if said.decided_by == held.as_hold():
        return True
    decided = _without(case, held, standing).verdict(held.attribute, instant).decided_by
    return isinstance(decided, Override) and case.concerns(held, decided)


def _without(case: Case, held: Held, standing: Collection[Held]) -> Case:
    """Return the case in which pinned values are kept back as they are, but for one."""
    return replace(case, overrides=case.pinned([h for h in standing if h is not held]))


def _with_proposal(case: Case, held: Held, standing: Collection[Held]) -> Held:
    """Add what would be published if it were not kept back, and who says so."""
    begun = held.valid_from or START
    verdict = _without(case, held, standing).verdict(held.attribute, begun)
    records = {c.record for c in ([verdict.winner] if verdict.winner is not None else verdict.supporters)}
    spoken = (c for c in case.claims if c.record in records and case.policy.unit_of(c.attribute) == held.attribute)
    claims = tuple(c for c in spoken if holds_at(c, begun))
    pin = verdict.decided_by.id if isinstance(verdict.decided_by, Override) else None
    return replace(held, proposed=verdict.value, claims=claims, pin=pin)


def _value(policy: Policy, unit: str, stretch: Stretch | None) -> Any:
    """Return the value of a unit: of a coupled group its members; None where it has none."""
    if stretch is None:
        return None
    members = policy.groups.get(unit)
    if members is None:
        return stretch.attributes.get(unit)
    return {name: stretch.attributes[name] for name in members if name in stretch.attributes} or None


def _record(policy: Policy, unit: str, stretch: Stretch | None) -> Any:
    """Return the record that provenance names for a unit."""
    if stretch is None:
        return None
    names = policy.groups.get(unit, (unit,))
    return next((stretch.provenance[n]["record"] for n in names if n in stretch.provenance), None)

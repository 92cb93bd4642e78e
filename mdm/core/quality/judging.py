"""Judging a record: which rules its values break, and over which valid time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any, Protocol, TypeAlias

from mdm.core.ids import digest
from mdm.core.quality.expressions import UnjudgedError
from mdm.core.quality.rules import Aim, Rule, Rules
from mdm.core.quality.subject import contents
from mdm.core.quality.values import RangeTest

Instant: TypeAlias = str  # ISO 8601 in UTC, so that strings sort as instants do
FAILED, UNJUDGED, ACCEPTED = "failed", "unjudged", "accepted"
NAMED = 10  # others that say the same, of however many
LIVE = frozenset({"active", "orphaned"})  # statuses of masters that a reference may lead to


class Spoken(Protocol):
    """What a record says about an attribute over `[start, end)`; `value` None: it is empty, `absent`: nothing."""

    @property
    def start(self) -> Instant: ...
    @property
    def end(self) -> Instant | None: ...
    @property
    def value(self) -> Any: ...
    @property
    def std(self) -> Any: ...
    @property
    def absent(self) -> bool: ...


Claims: TypeAlias = Mapping[str, Sequence[Spoken]]
State: TypeAlias = Mapping[str, Spoken]  # what is said at one instant


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around a record: the instant, statuses of masters it refers to, and who else says the same.

    `others` names records by (rule, attribute, `value_key` of the value).
    """

    now: Instant
    masters: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[tuple[str, str, str], Sequence[str]] = field(default_factory=dict)

    @property
    def today(self) -> str:
        """The day, in UTC."""
        return self.now[:10]


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a record breaks, or (unjudged) by which it cannot be judged, over `[start, end)`.

    `key` stands for the values that break it: an exception made for them counts as long as they stay the same.
    `evidence` says what should have been, never a value of the record.
    """

    rule: Rule
    attributes: tuple[str, ...]
    start: Instant
    end: Instant | None
    key: str
    evidence: Mapping[str, Any]
    state: str = FAILED


def value_key(values: Any) -> str:
    """Return what stands for values wherever they are compared."""
    return digest(values)[:32]


def judge(rules: Rules, claims: Claims, known: Known) -> list[Breach]:
    """Judge a record by all rules: values over the time in which they are said, what is required as of now."""
    if not claims:
        return []
    return [breach for rule in rules for breach in _broken(rule, claims, known)]


def _broken(rule: Rule, claims: Claims, known: Known) -> list[Breach]:
    """Return where a record breaks a rule: once for an attribute, however many of its parts do."""
    found: dict[tuple[tuple[str, ...], Instant], Breach] = {}
    for aim in rule.aims:
        for breach in _joined(_breaches(rule, aim, claims, known)):
            before = found.setdefault((breach.attributes, breach.start), breach)
            if before.end is not None and (breach.end is None or breach.end > before.end):
                found[breach.attributes, breach.start] = replace(before, end=breach.end)
    return list(found.values())


def next_turn(rules: Rules, claims: Claims, now: Instant) -> str | None:
    """Return the next day on which a value passes a bound that moves with the day, None: never."""
    today = now[:10]
    days = (
        day
        for rule in rules.of_kind("range")
        for aim in rule.aims
        for spoken in claims.get(aim.attributes[0], ())
        if spoken.value is not None and (spoken.end is None or spoken.end > now) and isinstance(aim.test, RangeTest)
        for one in contents(spoken.value, aim.part)
        if (day := aim.test.turn(one, today)) is not None
    )
    return min(days, default=None)


def _breaches(rule: Rule, aim: Aim, claims: Claims, known: Known) -> Iterator[Breach]:
    if rule.kind == "required":
        yield from _missing(rule, aim, claims, known)
        return
    if not all(name in claims for name in aim.attributes):
        return
    for start, end, state in _states(aim, claims):
        if any(name not in state for name in aim.attributes):
            continue
        try:
            evidence = _found(rule, aim, state, known) if _concerned(rule, state, known) else None
        except UnjudgedError as error:
            yield _breach(rule, aim, start, end, state, {"error": str(error)}, UNJUDGED)
            continue
        if evidence is not None:
            yield _breach(rule, aim, start, end, state, evidence)


def _states(aim: Aim, claims: Claims) -> Iterator[tuple[Instant, Instant | None, State]]:
    """Yield the states in which what is read does not change."""
    if len(aim.reads) == 1:
        name = aim.reads[0]
        yield from ((s.start, s.end, {name: s}) for s in claims[name] if s.value is not None)
        return
    spoken = [(name, s) for name in aim.reads for s in claims.get(name, ()) if s.value is not None]
    bounds = sorted({b for _, s in spoken for b in (s.start, s.end) if b is not None})
    for start, end in zip_longest(bounds, bounds[1:]):
        state = {name: s for name, s in spoken if s.start <= start and (s.end is None or start < s.end)}
        if state:
            yield start, end, state


def _concerned(rule: Rule, state: State, known: Known) -> bool:
    """Tell whether a rule speaks about a state: its condition is true there, if it has one."""
    if rule.when is None:
        return True
    values = {name: spoken.value for name, spoken in state.items()}
    return all(name in values for name in rule.when.reads) and rule.when.holds(values, known.today)


def _found(rule: Rule, aim: Aim, state: State, known: Known) -> Mapping[str, Any] | None:
    """Return what speaks against the values of a state, None: nothing."""
    if aim.test is not None:
        of = contents(state[aim.attributes[0]].value, aim.part)
        return next((against for one in of if (against := aim.test(one, known.today)) is not None), None)
    if rule.check is not None:
        values = {name: spoken.value for name, spoken in state.items()}
        if not all(name in values for name in rule.check.reads) or rule.check.holds(values, known.today):
            return None
        return {"check": rule.check.text}
    name = aim.attributes[0]
    if rule.kind == "reference":
        master = state[name].value.get("master")
        return None if master is None or known.masters.get(master) in LIVE else {"status": known.masters.get(master)}
    others = known.others.get((rule.name, name, value_key(state[name].std)), ())
    more = {"more": True} if len(others) > NAMED else {}
    return {"others": list(others[:NAMED]), **more} if others else None


def _missing(rule: Rule, aim: Aim, claims: Claims, known: Known) -> Iterator[Breach]:
    """Yield a breach if what is required is not there as of now, and nothing of it begins later."""
    if any(_as_of(claims.get(name, ()), known.now) is not None for name in aim.attributes):
        return
    state = {n: s for n in aim.reads if (s := _as_of(claims.get(n, ()), known.now)) is not None}
    begins = [s.end or s.start for name in aim.attributes for s in claims.get(name, ())]
    start = max(begins, default=None) or min(s.start for said in claims.values() for s in said)
    try:
        if _concerned(rule, state, known):
            yield _breach(rule, aim, start, None, {}, {})
    except UnjudgedError as error:
        yield _breach(rule, aim, start, None, {}, {"error": str(error)}, UNJUDGED)


def _as_of(said: Sequence[Spoken], now: Instant) -> Spoken | None:
    """Return the value that is said now, else the first that begins later."""
    for spoken in said:
        if spoken.value is not None and (spoken.end is None or spoken.end > now):
            return spoken
    return None


def _breach(
    rule: Rule,
    aim: Aim,
    start: Instant,
    end: Instant | None,
    state: State,
    evidence: Mapping[str, Any],
    kind: str = FAILED,
) -> Breach:
    values = [state[name].std if name in state else None for name in aim.attributes]
    return Breach(rule, aim.attributes, start, end, value_key(values), evidence, kind)


def _same(one: Breach, other: Breach) -> bool:
    return replace(one, start=other.start, end=other.end) == other


def _joined(found: Iterator[Breach]) -> Iterator[Breach]:
    """Join breaches of the same values that follow on each other."""
    last: Breach | None = None
    for breach in found:
        if (
            last is not None
            and replace(last, start=breach.start, end=breach.end) == breach
            and last.end == breach.start
        ):
            last = replace(last, end=breach.end)
            continue
        if last is not None:
            yield last
        last = breach
    if last is not None:
        yield last

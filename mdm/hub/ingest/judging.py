"""Judging folded records by the rules of quality: marks in their states, and findings beside them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mdm.core.domains import Domain
from mdm.core.quality import ACCEPTED, FAILED, NAMED, Breach, Known, judge, next_turn, standing_of, value_key
from mdm.hub.ingest.fold import EMPTY, Segment, State
from mdm.store.records import RecordName, findings
from mdm.store.work import Work
from survivorship.intervals import sooner

Value = tuple[str, str]  # attribute, and what stands for its value


@dataclass(frozen=True, slots=True)
class Judged:
    """A state with the marks of quality in it, and the rules that are broken."""

    state: State
    breaches: Sequence[Breach] = ()


NOT_JUDGED = Judged(EMPTY)


@dataclass(frozen=True, slots=True)
class Examined:
    """A record that is to be judged; `id` None: it is new."""

    id: int | None
    name: RecordName
    state: State


def unjudged(state: State) -> State:
    """Return a state without marks of quality, as facts are folded into it."""
    if not any(segment.judged for segments in state.claims.values() for segment in segments):
        return state
    claims = {name: [s._replace(judged=()) if s.judged else s for s in said] for name, said in state.claims.items()}
    return replace(state, claims=claims)


def judge_records(work: Work, examined: Sequence[Examined], *, now: str) -> list[Judged]:
    """Judge records as of now, each by the rules of its domain; the locks on their unique values must be held."""
    found: list[Judged] = [Judged(one.state) for one in examined]
    by_domain: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(examined):
        by_domain[one.name.domain].append(place)
    for name, places in by_domain.items():
        domain = work.catalog.domain(name)
        if domain.quality:
            own = [examined[place] for place in places]
            for place, judged in zip(places, judged_by(work, domain, own, now=now), strict=True):
                found[place] = judged
    return found


def judged_by(work: Work, domain: Domain, examined: Sequence[Examined], *, now: str) -> Iterator[Judged]:
    """Judge records of a domain by its rules, in force or not; what they say of others is as it is now."""
    masters = _masters(work, domain, examined)
    others = _others(work, domain, examined, now)
    broken = [
        judge(domain.quality, one.state.claims, Known(now, masters, others.get(at, {})))
        for at, one in enumerate(examined)
    ]
    ids = {one.id for one, breaches in zip(examined, broken, strict=True) if breaches and one.id is not None}
    accepted = findings.exceptions(work.session, ids, by=now) if ids else set()
    for one, breaches in zip(examined, broken, strict=True):
        known = [
            replace(b, state=ACCEPTED) if b.state == FAILED and (one.id, b.rule.name, b.key) in accepted else b
            for b in breaches
        ]
        yield Judged(_marked(one.state, known), known)


def _masters(work: Work, domain: Domain, examined: Sequence[Examined]) -> Mapping[str, str]:
    """Return the statuses of the masters that references under a rule lead to."""
    names = {name for rule in domain.quality.of_kind("reference") for name in rule.attributes}
    led = {
        s.value["master"]
        for one in examined
        for name in names
        for s in one.state.claims.get(name, ())
        if s.value is not None and s.value.get("master") is not None
    }
    return findings.statuses(work.session, led) if led else {}


def unique_values(domain: Domain, state: State, now: str) -> frozenset[Value]:
    """Return the values of a state, said now or later, that are to be said once only."""
    names = {name for rule in domain.quality.of_kind("unique") for name in rule.attributes}
    return frozenset(
        (name, value_key(s.std))
        for name in names
        for s in state.claims.get(name, ())
        if s.std is not None and (s.end is None or s.end > now)
    )


def _others(
    work: Work, domain: Domain, examined: Sequence[Examined], now: str
) -> dict[int, dict[tuple[str, str, str], list[str]]]:
    """Return by place of the record who else says its values, per rule, attribute and value."""
    rules = domain.quality.of_kind("unique")
    if not rules:
        return {}
    asked = [
        {
            "domain": domain.name,
            "record_id": one.id or -place - 1,
            "source": one.name.source,
            "attribute": name,
            "key": key,
        }
        for place, one in enumerate(examined)
        for name, key in sorted(unique_values(domain, one.state, now))
    ]
    places = {one.id or -place - 1: place for place, one in enumerate(examined)}
    found: dict[int, dict[tuple[str, str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    instant = datetime.fromisoformat(now)
    for row in findings.others(work.session, asked, most=NAMED + 1, now=instant) if asked else ():
        for rule in rules:
            if row.attribute in rule.attributes and row.kind == rule.declared.unique:
                place = places[row.record_id]
                found[place][rule.name, row.attribute, row.key].append(f"{row.source}/{row.source_key}")
    return found


def _marked(state: State, breaches: Sequence[Breach]) -> State:
    """Put the rules into a state that lower its values or withhold them."""
    marks: dict[str, list[list[Any]]] = defaultdict(list)
    for b in breaches:
        if b.state == FAILED and b.rule.effect != "note":
            for name in b.attributes:
                marks[name].append([b.rule.name, b.start, b.end, b.rule.effect == "hold"])
    if not marks:
        return state
    marked = {
        name: [_mark(segment, marks[name]) if name in marks else segment for segment in segments]
        for name, segments in state.claims.items()
    }
    return replace(state, claims=marked)


def _mark(segment: Segment, marks: Sequence[list[Any]]) -> Segment:
    if segment.value is None:
        return segment
    over = [
        mark
        for mark in marks
        if (segment.end is None or mark[1] < segment.end) and (mark[2] is None or segment.start < mark[2])
    ]
    return segment._replace(judged=sorted(over, key=lambda mark: (mark[1], mark[0]))) if over else segment


def next_judgement(domain: Domain, state: State, now: str) -> str | None:
    """Return when values of a record break a rule or keep it again because days go by, or it ends; None: never."""
    if has_ended(state, now):
        return None
    day = next_turn(domain.quality, state.claims, now)
    return sooner(None if day is None else f"{day}T00:00:00+00:00", state.ended)


def has_ended(state: State, now: str) -> bool:
    """Tell whether a record is deleted by now: nothing is wrong with it any more."""
    return state.ended is not None and state.ended <= now


def finding_rows(domain: Domain, record_id: int, judged: Judged, now: str) -> Iterator[dict[str, Any]]:
    """Yield what is wrong with a record now or will be, as the store keeps it; with a deleted one nothing is."""
    state = judged.state
    if has_ended(state, now):
        return
    for b in judged.breaches:
        if b.end is None or b.end > now:
            yield {
                "record_id": record_id,
                "domain": domain.name,
                "rule": b.rule.name,
                "attributes": b.attributes,
                "dimension": b.rule.dimension,
                "severity": b.rule.severity,
                "owner": b.rule.owner,
                "effect": b.rule.effect,
                "state": b.state,
                "key": b.key,
                "evidence": b.evidence,
                "valid_from": b.start,
                "valid_to": b.end,
            }
    for name, segments in state.claims.items():
        for segment in segments:
            if segment.findings and (segment.end is None or segment.end > now):
                yield from _standard_rows(domain, record_id, name, segment)


def _standard_rows(domain: Domain, record_id: int, name: str, segment: Segment) -> Iterator[dict[str, Any]]:
    """Yield what standardizing found wrong with a value."""
    for code in dict.fromkeys(segment.findings):
        standing = standing_of(code)
        yield {
            "record_id": record_id,
            "domain": domain.name,
            "rule": code,
            "attributes": [name],
            "dimension": standing.dimension,
            "severity": standing.severity,
            "owner": domain.owner_of(domain.unit_of(name)),
            "effect": "downgrade",
            "state": FAILED,
            "key": value_key([segment.std]),
            "evidence": {},
            "valid_from": segment.start,
            "valid_to": segment.end,
        }

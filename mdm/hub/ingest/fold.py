"""How the facts of a source record become its state: claims per attribute over valid time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple

from mdm.core.standardize import Standard
from survivorship.intervals import covers, sooner

Instant = str  # ISO 8601 in UTC, so that strings sort as instants do


class Order(NamedTuple):
    """The place of a fact among its record's facts: declared version, else source time, else arrival."""

    version: int
    at: Instant
    arrival: int


UNVERSIONED = -1


class Segment(NamedTuple):
    """What the source says about one attribute over `[start, end)`; `end` None is open.

    `value` None means that the source says it is empty; `absent` that a dated full fact leaves the attribute out, so
    that no earlier-dated one reaches beyond. `said_at` is when the source gave this value first. `dated` marks a fact
    that named its effective date, which undated facts before it do not end. `judged` are the rules of quality that the
    value breaks: each a list of rule, start, end, and whether it withholds the value.
    """

    start: Instant
    end: Instant | None
    value: Any
    std: Any
    findings: list[str]
    said_at: Instant
    dated: bool
    absent: bool = False
    judged: Sequence[list[Any]] = ()

    def says_the_same_as(self, other: "Segment") -> bool:
        """Tell whether both give the same value, whenever they do so."""
        mine, theirs = ((s.value, s.std, s.findings, s.absent) for s in (self, other))
        return mine == theirs


@dataclass(frozen=True, slots=True)
class Said:
    """A standardized fact, ready to be folded."""

    order: Order
    operation: str
    valid_from: Instant
    dated: bool
    replace: bool
    said_at: Instant
    values: Mapping[str, Standard]
    master_id: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The fold of a record's facts.

    `order` is the place of its last fact, `ended` when the source deleted it (`planned`: on a day that it named),
    `master_id` the master it named last. Claims go on beyond the end, in case the source names another.
    """

    order: Order | None = None
    ended: Instant | None = None
    claims: Mapping[str, list[Segment]] = field(default_factory=dict)
    master_id: str | None = None
    planned: bool = False

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form that is stored."""
        claims = {name: [_row(segment) for segment in segments] for name, segments in self.claims.items()}
        order = self.order and tuple(self.order)
        planned = {"planned": True} if self.planned else {}
        return {"order": order, "ended": self.ended, "claims": claims, "master_id": self.master_id, **planned}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "State":
        """Read the stored form."""
        return cls(
            Order(*document["order"]) if document["order"] else None,
            document["ended"],
            {name: [Segment(*s) for s in segments] for name, segments in document["claims"].items()},
            document.get("master_id"),
            document.get("planned", False),
        )

    def at(self, instant: Instant) -> dict[str, Any]:
        """Return the std value per attribute at an instant; what only begins later counts where nothing else does."""
        found = {}
        for name, segments in self.claims.items():
            in_force = [s for s in segments if covers(s.start, s.end, instant)]
            chosen = in_force or [s for s in segments if s.start > instant]
            if chosen and chosen[0].value is not None:
                found[name] = chosen[0].std
        return found


def _row(segment: Segment) -> tuple[Any, ...]:
    return tuple(segment) if segment.judged else tuple(segment)[:-1]


EMPTY = State()


@dataclass(frozen=True, slots=True)
class Terms:
    """What the domain says about folding: its attributes, whether the source may blank, segments kept of one each."""

    attributes: frozenset[str]
    may_blank: bool
    longest: int


def fold(facts: Iterable[Said], terms: Terms) -> State:
    """Fold facts in any order: the same facts always give the same state."""
    ordered = sorted(facts, key=lambda said: said.order)
    return reduce(lambda state, said: apply(state, said, terms), ordered, EMPTY)


def apply(state: State, said: Said, terms: Terms) -> State:
    """Add the newest fact to a state."""
    if said.operation == "delete":
        return _deleted(state, said)
    leaves_end = state.ended is not None and state.planned and not said.replace and said.valid_from < state.ended
    claims = dict(state.claims) if state.ended is None or leaves_end else _buried(state, state.ended, terms)
    spoken = set(said.values)
    if said.operation == "full":
        spoken |= terms.attributes if said.dated else claims.keys()
    for name in spoken:
        standard = said.values.get(name)
        if standard is not None and standard.value is None and not terms.may_blank:
            continue
        segments = _put(claims.get(name, []), standard, said)[-terms.longest :]
        if segments:
            claims[name] = segments
        else:
            claims.pop(name, None)
    ended = state.ended if leaves_end else None
    return State(said.order, ended, claims, said.master_id or state.master_id, planned=leaves_end)


def _deleted(state: State, said: Said) -> State:
    """End a record: a day that the source names takes the place of the one before, else the earlier of both counts."""
    stays = state.ended is not None and not said.dated and state.ended < said.valid_from
    ended, planned = (state.ended, state.planned) if stays else (said.valid_from, said.dated)
    return State(said.order, ended, state.claims, said.master_id or state.master_id, planned)


def _buried(state: State, ended: Instant, terms: Terms) -> dict[str, list[Segment]]:
    """Return the claims of a record that comes back: none from its end on; a planned end is one for all attributes."""
    kept = {name: _before(segments, ended) for name, segments in state.claims.items()}
    if state.planned:
        gap = Segment(ended, None, None, None, [], ended, dated=True, absent=True)
        kept |= {name: [*kept.get(name, []), gap] for name in terms.attributes}
    return {name: segments for name, segments in kept.items() if segments}


def _before(segments: list[Segment], end: Instant) -> list[Segment]:
    return [s if sooner(s.end, end) == s.end else s._replace(end=end) for s in segments if s.start < end]


def _from_next_dated(segments: list[Segment], start: Instant) -> list[Segment]:
    """Return what a fact that holds from `start` does not reach: the next dated segment and all that follow it."""
    first = next((at for at, s in enumerate(segments) if s.dated and s.start > start), len(segments))
    return segments[first:]


def _put(segments: list[Segment], standard: Standard | None, said: Said) -> list[Segment]:
    start = said.valid_from
    later = [] if said.replace else _from_next_dated(segments, start)
    earlier = _before(segments, start)
    end = later[0].start if later else None
    if standard is None:
        gap = [Segment(start, end, None, None, [], said.said_at, said.dated, absent=True)] if said.dated else []
        return [*earlier, *gap, *later]
    codes = [finding.code for finding in standard.findings]
    new = Segment(start, end, standard.value, standard.std, codes, said.said_at, said.dated)
    if earlier and not said.dated and earlier[-1].end == start and earlier[-1].says_the_same_as(new):
        return [*earlier[:-1], earlier[-1]._replace(end=end), *later]
    return [*earlier, new, *later]

"""What rules of quality make of a record's values: pieces with findings, and what stands in for a withheld one."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from survivorship import intervals

Instant = str  # ISO 8601 in UTC, so that strings sort as instants do
PLAIN = 8  # what a stored segment has that breaks no rule of quality; what it breaks comes after


class Piece(NamedTuple):
    """What a record claims about an attribute over `[start, end)`, as stored segments say it; or it is `withheld`."""

    start: Instant
    end: Instant | None
    value: Any
    std: Any
    findings: Sequence[str]
    said_at: Instant
    dated: bool
    absent: bool
    withheld: bool = False


def pieces(segments: Sequence[Sequence[Any]]) -> Iterator[Piece]:
    """Yield the segments of one attribute, cut where a rule of quality begins or ceases to be broken.

    A withheld value counts as if the record had not said it yet: what it said right before stands in, if anything.
    """
    last: Piece | None = None
    for segment in segments:
        for piece in _cut(segment):
            if not piece.withheld:
                last = piece
            elif last is not None and last.end == piece.start and not last.absent:
                last = last._replace(start=piece.start, end=piece.end)
            else:
                last = None
            yield last or piece


def _cut(segment: Sequence[Any]) -> Iterator[Piece]:
    """Yield a segment in pieces over which the same rules are broken."""
    whole = Piece(*segment[:PLAIN])
    judged = segment[PLAIN] if len(segment) > PLAIN else ()
    inner = {bound for _, start, end, _ in judged for bound in (start, end) if bound is not None}
    bounds = [whole.start, *sorted(b for b in inner if whole.start < b and (whole.end is None or b < whole.end))]
    for since, until in zip(bounds, [*bounds[1:], whole.end], strict=True):
        broken = [(rule, holds) for rule, start, end, holds in judged if intervals.covers(start, end, since)]
        codes = dict.fromkeys([*whole.findings, *(rule for rule, _ in broken)])
        held = any(holds for _, holds in broken)
        yield whole._replace(start=since, end=until, findings=tuple(codes), withheld=held)

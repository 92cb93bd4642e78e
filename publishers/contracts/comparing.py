"""What has changed between two schemas, and whether readers can live with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from publishers.contracts.forms import Schema

ANY_TYPE = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
MEANING = ("format", "x-type", "x-scheme", "x-to", "x-key")  # of two values of one type that are not the same thing
MINIMA = ("minimum", "minLength", "minItems", "minProperties")


class Kind(StrEnum):
    """What happened to a place in a schema."""

    ADDED = "added"
    REMOVED = "removed"
    RETYPED = "retyped"  # other types of values, or values that mean something else
    WIDENED = "widened"  # values that were impossible are possible
    NARROWED = "narrowed"  # values that were possible are not
    MORE_VALUES = "more values"
    FEWER_VALUES = "fewer values"
    OPTIONAL = "no longer always there"
    REQUIRED = "always there from now on"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference at a place such as `slices[].attributes.name`; a breaking one needs a new subject version."""

    path: str
    kind: Kind
    breaking: bool

    def __str__(self) -> str:
        return f"{self.path or 'everything'}: {self.kind}"


def compare(old: Schema, new: Schema) -> list[Change]:
    """Return how a closed schema differs from an older one.

    Breaking is what a reader that keeps to the old one, in its open form, may stumble over in new events: what it
    relies on is gone, is no longer always there, or means something else. And what a reader that keeps to the new one
    may stumble over in old events, which stay in the stream: they do not know of what has become certain since.
    """
    return list(_Comparison(old, new).node("", old, new))


def breaking(changes: Iterable[Change]) -> list[Change]:
    """Return the breaking ones of some changes."""
    return [change for change in changes if change.breaking]


class _Comparison:
    """Walks two schemas side by side; a pair of definitions is compared once, where it is met first."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._old = old
        self._new = new
        self._seen: set[tuple[str, str]] = set()

    def node(self, path: str, old: Schema, new: Schema) -> Iterator[Change]:
        """Yield the differences at a place and below it."""
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in self._seen:
                return
            self._seen.add(pair)
        before, after = _resolved(old, self._old), _resolved(new, self._new)
        retyped = _types(path, before, after)
        if retyped:
            yield retyped
            if retyped.kind is Kind.RETYPED:
                return
        yield from _values(path, before, after)
        yield from _limits(path, before, after)
        yield from self._members(path, before, after)
        yield from self._inner(f"{path}[]", before.get("items"), after.get("items"))
        yield from self._inner(f"{path}.*", before.get("additionalProperties"), after.get("additionalProperties"))

    def _members(self, path: str, old: Schema, new: Schema) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        was, is_ = set(old.get("required", ())), set(new.get("required", ()))
        for name in [*before, *(name for name in after if name not in before)]:
            place = f"{path}.{name}" if path else name
            if name not in after:
                yield Change(place, Kind.REMOVED, breaking=True)
                continue
            if name in is_ - was:
                yield Change(place, Kind.REQUIRED, breaking=True)
            if name not in before:
                yield Change(place, Kind.ADDED, breaking=False)
                continue
            if name in was - is_:
                yield Change(place, Kind.OPTIONAL, breaking=True)
            yield from self.node(place, before[name], after[name])

    def _inner(self, path: str, old: Any, new: Any) -> Iterator[Change]:
        """Compare what holds for all elements, or for all members without a name of their own."""
        if isinstance(old, dict) and isinstance(new, dict):
            yield from self.node(path, old, new)
        elif isinstance(old, dict):
            yield Change(path, Kind.REMOVED if new is False else Kind.WIDENED, breaking=True)
        elif isinstance(new, dict):
            closed = old is False
            yield Change(path, Kind.ADDED if closed else Kind.NARROWED, breaking=not closed)


def _resolved(node: Schema, root: Schema) -> Schema:
    """Return a node with what it refers to, and an alternative to null as itself with null among its types."""
    if "$ref" in node:
        target = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _resolved({**target, **{key: value for key, value in node.items() if key != "$ref"}}, root)
    variants = [_resolved(variant, root) for variant in node.get("anyOf", ())]
    if not variants:
        return node
    merged: Schema = {}
    for variant in variants:
        merged |= variant
    types: frozenset[str] = frozenset().union(*(_allowed(variant) for variant in variants))
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    return {**merged, "type": sorted(types), **rest}


def _allowed(node: Schema) -> frozenset[str]:
    given = node.get("type", ANY_TYPE)
    types = frozenset({given} if isinstance(given, str) else given)
    return types | {"integer"} if "number" in types else types


def _types(path: str, old: Schema, new: Schema) -> Change | None:
    before, after = _allowed(old), _allowed(new)
    if any(old.get(keyword) != new.get(keyword) for keyword in MEANING) or (before - after and after - before):
        return Change(path, Kind.RETYPED, breaking=True)
    if after - before:
        return Change(path, Kind.WIDENED, breaking=True)
    if before - after:
        return Change(path, Kind.NARROWED, breaking=True)
    return None


def _values(path: str, old: Schema, new: Schema) -> Iterator[Change]:
    before, after = _listed(old), _listed(new)
    if before is not None and after is not None:
        if lost := [value for value in before if value not in after]:
            yield Change(path, Kind.FEWER_VALUES, breaking=bool(lost))
        if any(value not in before for value in after):
            yield Change(path, Kind.MORE_VALUES, breaking="const" in old)
    elif before is not None:
        yield Change(path, Kind.WIDENED, breaking=True)
    elif after is not None:
        yield Change(path, Kind.NARROWED, breaking="const" in new)
    named, names = old.get("x-values", []), new.get("x-values", [])
    if any(value not in named for value in names):
        yield Change(path, Kind.MORE_VALUES, breaking=False)
    if any(value not in names for value in named):
        yield Change(path, Kind.FEWER_VALUES, breaking=False)


def _listed(node: Schema) -> list[Any] | None:
    return [node["const"]] if "const" in node else node.get("enum")


def _limits(path: str, old: Schema, new: Schema) -> Iterator[Change]:
    """Compare patterns and least sizes; largest ones are none that readers may rely on."""
    before, after = old.get("pattern"), new.get("pattern")
    if before is not None and before != after:
        yield Change(path, Kind.WIDENED, breaking=True)
    elif before != after:
        yield Change(path, Kind.NARROWED, breaking=True)
    for keyword in MINIMA:
        least, now = old.get(keyword), new.get(keyword)
        if least is not None and (now is None or now < least):
            yield Change(path, Kind.WIDENED, breaking=True)
        elif now is not None and (least is None or now > least):
            yield Change(path, Kind.NARROWED, breaking=True)

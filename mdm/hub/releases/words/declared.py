"""What changes of a domain's declaration, in sentences: attributes, groups, sources and what is approved."""

from collections.abc import Iterator, Mapping
from typing import Any

from mdm.hub.releases.words.trees import ABSENT, Place
from mdm.hub.releases.words.values import listed, rating, rule, shown, trust

CARRIED = frozenset({"public", "internal"})  # classifications of which events tell
DEFAULT = "the rule of the domain"


def attribute(place: Place) -> Iterator[str]:
    """Say that an attribute is there, or no longer."""
    if place.removed:
        yield f"attribute {place.name} is removed: golden records have it no longer"
    elif place.added:
        told = place.after if isinstance(place.after, Mapping) else {}
        owner = f", owned by {told['owner']}" if told.get("owner") else ""
        critical = ", critical" if told.get("critical") is True else ""
        ruled = f", {rule(told['survivorship'])}" if told.get("survivorship") else ""
        kind = f"{shown(told.get('type', ABSENT))}, {told.get('classification', 'internal')}"
        yield f"attribute {place.name} is added: {kind}{critical}{owner}{ruled}"


def survivorship(place: Place) -> Iterator[str]:
    """Say by which rule an attribute or coupled group survives."""
    before, after = (DEFAULT if value is ABSENT else rule(value) for value in (place.before, place.after))
    if before != after:
        yield f"{place.path[-2]}: {before} → {after}"


def default_rule(place: Place) -> Iterator[str]:
    """Say by which rule everything survives that has none of its own."""
    before, after = rule(place.before), rule(place.after)
    if before != after:
        yield f"attributes without a rule of their own: {before} → {after}"


def critical(place: Place) -> Iterator[str]:
    """Say whether changes wait for the owner."""
    if place.after is True:
        yield f"{place.path[-2]} becomes critical: changes will wait for {_owner_of(place)}"
    elif place.before is True:
        yield f"{place.path[-2]} is no longer critical: changes will be published without waiting"


def _owner_of(place: Place) -> str:
    """Return the role that owns the attribute a place belongs to, in the newer rules."""
    declared = place.rules["declaration"]
    own = declared["attributes"][place.path[-2]].get("owner")
    return shown(own or declared.get("owner"))


def required(place: Place) -> Iterator[str]:
    """Say whether a record should have it."""
    if place.after is True:
        yield f"{place.path[-2]} becomes required"
    elif place.before is True:
        yield f"{place.path[-2]} is no longer required"


def owner(place: Place) -> Iterator[str]:
    """Say to whom an attribute belongs."""
    before, after = ("the owner of the domain" if v is ABSENT else shown(v) for v in (place.before, place.after))
    yield f"{place.path[-2]}: owned by {after} instead of {before}"


def classification(place: Place) -> Iterator[str]:
    """Say who may see an attribute, and whether events carry it."""
    before, after = ("internal" if value is ABSENT else shown(value) for value in (place.before, place.after))
    carried, carries = before in CARRIED, after in CARRIED
    told = "" if carried == carries else ": events carry it from now on" if carries else ": events no longer carry it"
    yield f"{place.path[-2]}: {before} → {after}{told}"


def codes(place: Place) -> Iterator[str]:
    """Say which codes are known."""
    yield from (f"{place.path[-2]}: codes {change}" for change in listed(place))


def members(place: Place) -> Iterator[str]:
    """Say which attributes survive together."""
    yield from (f"group {place.path[-2]}: {change}" for change in listed(place))


def group(place: Place) -> Iterator[str]:
    """Say that attributes survive together, or no longer."""
    told = place.before if place.removed else place.after
    names = shown(told.get("attributes", ABSENT)) if isinstance(told, Mapping) else shown(told)
    if place.added:
        ruled = f", {rule(told['survivorship'])}" if isinstance(told, Mapping) and told.get("survivorship") else ""
        yield f"group {place.name} is added: {names} will survive together{ruled}"
    elif place.removed:
        yield f"group {place.name} is removed: {names} will survive one by one"


def source(place: Place) -> Iterator[str]:
    """Say that a source may speak, or no longer."""
    if place.removed:
        yield f"source {place.name} is removed"
    elif place.added:
        believed = place.after.get("trust", 0.5) if isinstance(place.after, Mapping) else ABSENT
        rated = believed.get("default", ABSENT) if isinstance(believed, Mapping) else believed
        yield f"source {place.name} is added: trust {rating(rated)}"


def belief(place: Place) -> Iterator[str]:
    """Say how far a source is trusted, about everything or single attributes."""
    for part in trust(place):
        about = (
            f" in {part.name}" if part.path[-2] == "attributes" else "" if part.name == "default" else f" {part.name}"
        )
        before, after = ("as in general" if v is ABSENT and about else rating(v) for v in (part.before, part.after))
        yield f"{place.path[-2]}'s trust{about}: {before} → {after}"


def switch(text: str, otherwise: str) -> Any:
    """Return how to say that something is on or off at a source."""

    def said(place: Place) -> Iterator[str]:
        if isinstance(place.before, bool) or isinstance(place.after, bool):
            after = place.before is False if place.after is ABSENT else place.after
            yield f"{place.path[-2]}: {text if after else otherwise}"

    return said


def of_list(text: str) -> Any:
    """Return how to say what changes in a list of names."""

    def said(place: Place) -> Iterator[str]:
        yield from (f"{text} {change}" for change in listed(place))

    return said


def factor(place: Place) -> Iterator[str]:
    """Say what a finding leaves of trust."""
    before, after = ("all" if value is ABSENT else shown(value) for value in (place.before, place.after))
    of = "finding" if place.path[-2] == "findings" else "findings of severity"
    yield f"{of} {place.name}: {after} of the trust is left instead of {before}"


def creation(place: Place) -> Iterator[str]:
    """Say what of a new master waits for its owner."""
    old, new = ([] if value is ABSENT else value for value in (place.before, place.after))
    if isinstance(old, list) and isinstance(new, list):
        yield from (f"{shown(name)} of a new master will wait for its owner" for name in new if name not in old)
        yield from (f"{shown(name)} of a new master will no longer wait" for name in old if name not in new)


def limit(place: Place) -> Iterator[str]:
    """Say how much a record may hold."""
    yield f"limit of {place.name.replace('_', ' ')}: {shown(place.before)} → {shown(place.after)}"


def field(place: Place) -> Iterator[str]:
    """Say that the elements of a list have a field, or no longer."""
    if place.added or place.removed:
        yield f"{place.path[-3]}: field {place.name} is {'added' if place.added else 'removed'}"


def quality(place: Place) -> Iterator[str]:
    """Say that a rule of quality is there, or no longer."""
    if place.added or place.removed:
        told = place.before if place.removed else place.after
        parts = told.items() if isinstance(told, Mapping) else ()
        text = ", ".join(f"{name.replace('_', ' ')} {shown(value)}" for name, value in parts if name != "name")
        yield f"quality rule {place.name} is {'added' if place.added else 'removed'}{f': {text}' if text else ''}"


def quality_part(place: Place) -> Iterator[str]:
    """Say how a rule of quality judges otherwise."""
    part = place.name.replace("_", " ")
    yield f"quality rule {place.path[-2]}: {part}: {shown(place.before)} → {shown(place.after)}"

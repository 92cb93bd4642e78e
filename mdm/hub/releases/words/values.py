"""How single values of rules read: rules of survivorship, trust and how it fades, lists, and plain values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mdm.hub.releases.words.trees import ABSENT, Place, differ

LONGEST = 120  # characters of a value
RULES = {"min": "smallest", "max": "largest"}


def shown(value: Any) -> str:
    """Return a value as people read it, cut where it is long."""
    if value is ABSENT:
        return "not said"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        text = ", ".join(value)
    else:
        text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def rule(document: Any) -> str:
    """Return a rule of survivorship in words."""
    if not isinstance(document, Mapping) or not isinstance(document.get("rule"), str):
        return shown(document)
    name = document["rule"]
    text = f"follows {document.get('attribute')}" if name == "follow" else RULES.get(name, name.replace("_", " "))
    if document.get("sources"):
        text += f" ({shown(document['sources'])})"
    if document.get("key"):
        text += f" by {document['key']}"
    if document.get("decay"):
        text += f", {fading(document['decay'])}"
    if document.get("empty_wins"):
        text += ", where an empty value can win"
    return text


def rating(document: Any) -> str:
    """Return how far a source is trusted, in words."""
    if isinstance(document, Mapping) and "trust" in document:
        fades = f", {fading(document['decay'])}" if document.get("decay") else ""
        return f"{shown(document['trust'])}{fades}"
    return shown(document)


def fading(decay: Any) -> str:
    """Return how trust fades, in words."""
    if not isinstance(decay, Mapping) or not {"curve", "days"} <= decay.keys():
        return f"fading by {shown(decay)}"
    days, floor = shown(decay["days"]), decay.get("floor") or 0
    if decay["curve"] == "exponential":
        return f"fading to half in {days} days" + (f", not below {shown(floor)}" if floor else "")
    if decay["curve"] == "step":
        return f"falling to {shown(floor)} after {days} days"
    return f"fading to {shown(floor)} within {days} days"


def trust(place: Place) -> Iterator[Place]:
    """Yield the ratings that differ between two declarations of trust in a source: `default`, or an attribute's."""
    before, after = _ratings(place.before), _ratings(place.after)
    for name in (*before, *(name for name in after if name not in before)):
        old, new = before.get(name, ABSENT), after.get(name, ABSENT)
        if differ(old, new):
            yield place.inside(name, old, new)


def _ratings(document: Any) -> dict[tuple[str, ...], Any]:
    if not isinstance(document, Mapping) or "trust" in document:
        return {("default",): document}
    parts = {(name,): part for name, part in document.items() if name != "attributes"}
    attributes = document.get("attributes", {})
    inner = attributes if isinstance(attributes, Mapping) else {"": attributes}
    return parts | {("attributes", name): part for name, part in inner.items()}


def listed(place: Place) -> Iterator[str]:
    """Yield what is added to a list of texts, what is removed, and its new order; nothing for other values."""
    old, new = (_texts(value) for value in (place.before, place.after))
    if old is None or new is None:
        return
    for verb, some, others in (("with", new, old), ("without", old, new)):
        if found := [text for text in some if text not in others]:
            yield f"{verb} {shown(found)}"
    kept, standing = [t for t in old if t in new], [t for t in new if t in old]
    if kept != standing and sorted(kept) == sorted(standing):
        yield f"in another order: {shown(list(new))}"


def _texts(value: Any) -> Sequence[str] | None:
    if value is ABSENT:
        return ()
    return value if isinstance(value, list) and all(isinstance(part, str) for part in value) else None

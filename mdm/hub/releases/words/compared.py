"""What changes of the match model, in sentences: thresholds, levels and their weights, keys, vetoes and frequencies."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from mdm.hub.releases.words.trees import ABSENT, Place
from mdm.hub.releases.words.values import shown

NAMED = 5  # words that are named where many change


def threshold(place: Place) -> Iterator[str]:
    """Say from how many bits a pair is a match, or a question to stewards."""
    yield f"{place.name} threshold: {shown(place.before)} → {shown(place.after)} bits"


def prior(place: Place) -> Iterator[str]:
    """Say how likely any two records are one thing."""
    yield f"share of pairs that are one thing (prior): {shown(place.before)} → {shown(place.after)}"


def comparison(place: Place) -> Iterator[str]:
    """Say that something is compared, or no longer."""
    if place.added:
        column = place.after.get("column") if isinstance(place.after, Mapping) else None
        yield f"comparison {place.name} is added: it compares {shown(column)}"
    elif place.removed:
        yield f"comparison {place.name} is removed: it no longer counts"


def level(place: Place) -> Iterator[str]:
    """Say how a level of agreement weighs."""
    of = f"comparison {place.path[-3]}"
    if place.added or place.removed:
        weighed = place.before if place.removed else place.after
        yield f"{of}: level {place.name} is {'removed' if place.removed else 'added'}{_weight(weighed)}"
        return
    if not isinstance(place.before, Mapping) or not isinstance(place.after, Mapping):
        return
    for part in (*place.before, *(name for name in place.after if name not in place.before)):
        old, new = place.before.get(part, ABSENT), place.after.get(part, ABSENT)
        if old is ABSENT or new is ABSENT or type(old) is not type(new) or old != new:
            yield f"{of}: {part.replace('_', ' ')} of {place.name} {shown(old)} → {shown(new)}{_weight(place.after)}"


def _weight(told: Any) -> str:
    """Return the weight of a level in bits, empty where it cannot be told."""
    m, u = (told.get(name) if isinstance(told, Mapping) else None for name in ("m", "u"))
    fit = all(isinstance(share, float) and share > 0 for share in (m, u))
    return f" ({math.log2(m / u):+.1f} bits)" if fit and m is not None and u is not None else ""


def key(place: Place) -> Iterator[str]:
    """Say by what records find each other."""
    if place.added:
        yield f"key {place.name} is added: records with the same {_parts(place.after)} are compared"
    elif place.removed:
        yield f"key {place.name} is removed: the same {_parts(place.before)} no longer makes records compared"
    else:
        yield f"key {place.name}: {_parts(place.before)} → {_parts(place.after)}"


def _parts(told: Any) -> str:
    parts = told.get("parts") if isinstance(told, Mapping) else told
    return " and ".join(map(shown, parts)) if isinstance(parts, list) else shown(parts)


def veto(place: Place) -> Iterator[str]:
    """Say what keeps a match from being made without a steward."""
    if place.added:
        yield f"veto {place.name} is added: it turns matches into questions to stewards"
    elif place.removed:
        yield f"veto {place.name} is removed: it no longer keeps matches back"


def shares(place: Place) -> Iterator[str]:
    """Say which words or values are known as frequent."""
    old, new = _by_word(place.before), _by_word(place.after)
    if old is None or new is None:
        return
    table = f"frequencies of {place.path[-2]}"
    said = False
    for verb, words in (
        ("added", [word for word in new if word not in old]),
        ("removed", [word for word in old if word not in new]),
        ("with another share", [word for word in new if word in old and old[word] != new[word]]),
    ):
        if words:
            said = True
            named = ", ".join(words[:NAMED]) + (", …" if len(words) > NAMED else "")
            yield f"{table}: {len(words):,} {verb} ({named})"
    if not said:
        yield f"{table}: written otherwise, each word has the share it had"


def _by_word(value: Any) -> dict[str, Any] | None:
    if value is ABSENT:
        return {}
    found: dict[str, Any] = {}
    for part in value if isinstance(value, list) else [None]:
        if not isinstance(part, Mapping) or not isinstance(part.get("words"), str):
            return None
        found |= dict.fromkeys(part["words"].split(), part.get("share"))
    return found

"""Differences between two sets of rules in words, complete: what has none of its own is said as path, old and new."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from mdm.hub.releases.words import compared, declared
from mdm.hub.releases.words.trees import ORDER, Path, Place, children, differ
from mdm.hub.releases.words.values import shown

__all__ = ["Difference", "differences"]

Phrase: TypeAlias = Callable[[Place], Iterable[str]]

TITLES = {
    ("declaration", "attributes"): "Attributes",
    ("declaration", "groups"): "Attributes",
    ("declaration", "survivorship"): "Attributes",
    ("declaration", "sources"): "Sources",
    ("declaration", "priority"): "Sources",
    ("declaration", "downgrades"): "Quality",
    ("declaration", "quality"): "Quality",
    ("declaration", "approval"): "Approval",
    ("declaration", "releases"): "Approval",
    ("match",): "Match model",
}
DOMAIN = "Domain"

# where it stands in the document (`*` is any name) → how it is said
PHRASES: Mapping[str, Phrase] = {
    "declaration.attributes.*": declared.attribute,
    "declaration.attributes.*.survivorship": declared.survivorship,
    "declaration.attributes.*.critical": declared.critical,
    "declaration.attributes.*.required": declared.required,
    "declaration.attributes.*.owner": declared.owner,
    "declaration.attributes.*.classification": declared.classification,
    "declaration.attributes.*.values": declared.codes,
    "declaration.attributes.*.fields.*": declared.field,
    "declaration.groups.*": declared.group,
    "declaration.groups.*.attributes": declared.members,
    "declaration.groups.*.survivorship": declared.survivorship,
    "declaration.survivorship": declared.default_rule,
    "declaration.sources.*": declared.source,
    "declaration.sources.*.trust": declared.belief,
    "declaration.sources.*.time_trusted": declared.switch(
        "undated facts hold from its own time on", "undated facts hold from when they are received"
    ),
    "declaration.sources.*.may_blank": declared.switch(
        "an explicit null clears", "an explicit null is no longer heard"
    ),
    "declaration.sources.*.one_per_master": declared.switch(
        "two of its records are two things", "two of its records may be one thing"
    ),
    "declaration.priority": declared.of_list("priority of sources"),
    "declaration.downgrades.findings.*": declared.factor,
    "declaration.downgrades.severities.*": declared.factor,
    "declaration.quality.*": declared.quality,
    "declaration.quality.*.*": declared.quality_part,
    "declaration.approval.creation": declared.creation,
    "declaration.limits.*": declared.limit,
    "declaration.search": declared.of_list("search"),
    "declaration.hierarchy": declared.of_list("hierarchy"),
    "match.prior": compared.prior,
    "match.thresholds.*": compared.threshold,
    "match.comparisons.*": compared.comparison,
    "match.comparisons.*.levels.*": compared.level,
    "match.keys.*": compared.key,
    "match.vetoes.*": compared.veto,
    "match.frequencies.*.shares": compared.shares,
    "match.generic": declared.of_list("values that belong to nobody"),
}
PATTERNS = [(tuple(pattern.split(".")), phrase) for pattern, phrase in PHRASES.items()]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two sets of rules say differently: under which title, where in the document, and in words."""

    title: str
    path: Path
    text: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return how one document of rules differs from another, by title: at least one sentence if it does at all."""
    found = list(_walk(Place((), before, after, after))) if differ(before, after) else []
    order = [*dict.fromkeys(TITLES.values()), DOMAIN]
    return sorted(found, key=lambda difference: order.index(difference.title))


def _walk(place: Place) -> Iterator[Difference]:
    said = list(_phrase(place.path)(place))
    if said:
        yield from (Difference(_title(place.path), place.path, text) for text in said)
        return
    inner = children(place)
    below = [difference for child in inner for difference in _walk(child)] if inner is not None else []
    yield from below or [Difference(_title(place.path), place.path, _plainly(place))]


def _phrase(path: Path) -> Phrase:
    """Return how a place is said in its own words; those of others are found further down, or plain."""
    for pattern, phrase in PATTERNS if path[-1:] != (ORDER,) else ():
        if len(pattern) == len(path) and all(p in ("*", part) for p, part in zip(pattern, path, strict=True)):
            return phrase
    return lambda _place: ()


def _plainly(place: Place) -> str:
    where = ".".join(place.path[1:]) or ".".join(place.path) or "rules"
    if place.path and place.name == ORDER:
        return f"order of {'.'.join(place.path[1:-1])}: {shown(place.before)} → {shown(place.after)}"
    if place.added:
        return f"{where} is added: {shown(place.after)}"
    if place.removed:
        return f"{where} is removed: {shown(place.before)}"
    return f"{where}: {shown(place.before)} → {shown(place.after)}"


def _title(path: Path) -> str:
    return next((TITLES[path[:n]] for n in (2, 1) if path[:n] in TITLES), DOMAIN)

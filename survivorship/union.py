"""How keyed lists of several records become one list."""

import json
from collections.abc import Hashable

from survivorship.claim import JSON, Claim, freeze
from survivorship.errors import InvalidClaims
from survivorship.ruling import Ruling

Element = dict[str, JSON]


def union(ruling: Ruling, claims: list[Claim]) -> tuple[list[Element], list[Element]]:
    """Unite the elements of all claims, as values and as std, ordered by key.

    Elements with equal keys become one: each field comes from the first record that fills it, in the order of
    `by_precedence`. An element without a key stays as it is beside the others.
    """
    merged: dict[Hashable, tuple[Element, Element]] = {}
    for claim in by_precedence(ruling, claims):
        for value, std in _elements(claim):
            mine = std.get(ruling.key or "")
            slot = freeze(_whole(value, std)) if mine in (None, "") else (ruling.key, freeze(mine))
            values, stds = merged.setdefault(slot, ({}, {}))
            for field, content in value.items():
                if content is not None and field not in values:
                    values[field] = content
                    stds[field] = std.get(field)
    in_order = sorted(merged.values(), key=lambda pair: _place(ruling, pair[1]))
    return [value for value, _ in in_order], [std for _, std in in_order]


def by_precedence(ruling: Ruling, claims: list[Claim]) -> list[Claim]:
    """Sort claims by who fills a field first: own words, no findings, source priority, latest, record id."""
    by_record = sorted(claims, key=lambda claim: claim.record)
    latest_first = sorted(by_record, key=lambda claim: claim.asserted_at, reverse=True)
    return sorted(latest_first, key=lambda claim: (claim.echo, bool(claim.findings), ruling.rank(claim)))


def _elements(claim: Claim) -> list[tuple[Element, Element]]:
    """Pair the elements of a list with their std, or with themselves where there is none."""
    values = claim.value
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise InvalidClaims(
            f"{claim.record} claims something other than a list of objects for {claim.attribute!r}, which is a union. "
            "Standardize it as a keyed list, or choose another rule."
        )
    paired = isinstance(claim.std, list) and len(claim.std) == len(values)
    return list(zip(values, claim.std if paired else values, strict=True))


def _whole(value: Element, std: Element) -> Element:
    """Return what makes two elements without a key the same: every field's std, or its value where it has none."""
    return {field: content if std.get(field) is None else std[field] for field, content in value.items()}


def _place(ruling: Ruling, std: Element) -> tuple[bool, str]:
    """Return the sort key of an element: by its key, those without one at the end."""
    mine = std.get(ruling.key or "")
    keyless = mine in (None, "")
    return keyless, json.dumps(std if keyless else mine, sort_keys=True, ensure_ascii=False)

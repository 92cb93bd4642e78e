import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.core.domains import load_documents
from mdm.hub.releases.words import differences

SUPPLIER = load_documents()["supplier"]
MARK = "Z0Z"  # stands nowhere in the rules


def said(path: str, value: Any) -> list[str]:
    """Return what is said of the supplier's rules with another value at a path; `...` removes what is there."""
    changed = copy.deepcopy(SUPPLIER)
    *way, last = path.split(".")
    place: Any = changed
    for part in way:
        place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
    if value is ...:
        del place[int(last) if isinstance(place, list) else last]
    else:
        place[int(last) if isinstance(place, list) else last] = value
    return [difference.text for difference in differences(SUPPLIER, changed)]


FADING = {"curve": "exponential", "days": 365}
SENTENCES: list[tuple[str, Any, str]] = [
    (
        "declaration.attributes.phone.survivorship",
        {"rule": "most_trusted"},
        "phone: most recent → most trusted",
    ),
    (
        "declaration.attributes.fax.survivorship",
        {"rule": "follow", "attribute": "phone"},
        "fax: most recent → follows phone",
    ),
    (
        "declaration.attributes.tax_number.critical",
        True,
        "tax_number becomes critical: changes will wait for tax_data_owner",
    ),
    ("declaration.attributes.name.required", False, "name is no longer required"),
    (
        "declaration.attributes.email.classification",
        "confidential",
        "email: internal → confidential: events no longer carry it",
    ),
    ("declaration.attributes.status.values", ["active", "blocked", "prospect"], "status: codes without closed"),
    ("declaration.attributes.fax", ..., "attribute fax is removed: golden records have it no longer"),
    (
        "declaration.attributes.rating",
        {"type": "decimal", "owner": "quality_data_owner"},
        "attribute rating is added: decimal, internal, owned by quality_data_owner",
    ),
    ("declaration.sources.erp.trust", 0.8, "erp's trust: 0.9 → 0.8"),
    (
        "declaration.sources.erp.trust",
        {"default": 0.9, "attributes": {"address": {"trust": 0.8, "decay": FADING}}},
        "erp's trust in address: as in general → 0.8, fading to half in 365 days",
    ),
    ("declaration.sources.portal.may_blank", False, "portal: an explicit null is no longer heard"),
    (
        "declaration.priority",
        ["portal", "erp", "procurement"],
        "priority of sources in another order: portal, erp, procurement",
    ),
    (
        "declaration.quality.has_phone",
        {"attributes": ["phone"], "required": "each", "severity": "warning"},
        "quality rule has_phone is added: attributes phone, required each, severity warning",
    ),
    ("declaration.downgrades.findings.checksum", 0.5, "finding checksum: 0.5 of the trust is left instead of all"),
    ("declaration.approval.creation", [], "bank_accounts of a new master will no longer wait"),
    ("declaration.limits.slices", 9, "limit of slices: not said → 9"),
    ("match.thresholds.match", 8.0, "match threshold: 7 → 8 bits"),
    ("match.comparisons.3.levels.0.m", 0.7, "comparison phone: m of same 0.66 → 0.7 (+12.8 bits)"),
    ("match.vetoes.4", ..., "veto only_a_name is removed: it no longer keeps matches back"),
    ("match.clusters.size_limit", 61, "clusters.size_limit: 60 → 61"),
    ("match.frequencies.words.shares.0.words", "and", "frequencies of words: "),
]


@pytest.mark.parametrize(("path", "value", "sentence"), SENTENCES)
def test_every_kind_of_change_has_words_of_its_own(path: str, value: Any, sentence: str) -> None:
    (text,) = said(path, value)
    assert text.startswith(sentence)


def test_same_rules_differ_in_nothing() -> None:
    assert differences(SUPPLIER, copy.deepcopy(SUPPLIER)) == []


def test_other_order_of_keys_is_a_difference() -> None:
    changed = copy.deepcopy(SUPPLIER)
    changed["match"]["keys"].reverse()
    (difference,) = differences(SUPPLIER, changed)
    assert difference.text.startswith("order of keys: vat, phone, ")


def test_differences_stand_under_titles() -> None:
    changed = copy.deepcopy(SUPPLIER)
    changed["match"]["prior"] = 0.001
    changed["declaration"]["title"] = "Vendor"
    changed["declaration"]["attributes"]["fax"]["required"] = True
    assert [d.title for d in differences(SUPPLIER, changed)] == ["Attributes", "Match model", "Domain"]


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in a document."""
    parts = document.items() if isinstance(document, dict) else enumerate(document)
    nested = [((*path, name), value) for name, value in parts]
    return [found for at, value in nested for found in (at, *(places(value, at) if is_room(value) else ()))]


def is_room(value: Any) -> bool:
    return isinstance(value, dict | list)


VALUES = st.sampled_from(
    [None, True, False, 0, 1, 1.0, 0.5, "", MARK, [], [MARK], {}, {"name": MARK}, [{"name": MARK}]]
)


@settings(deadline=None)
@given(st.sampled_from(places(SUPPLIER)), st.sampled_from(["set", "remove", "add", "repeat"]), VALUES)
def test_any_change_of_the_rules_is_said(path: tuple[Any, ...], how: str, value: Any) -> None:
    changed = copy.deepcopy(SUPPLIER)
    room: Any = changed
    for part in path[:-1]:
        room = room[part]
    before = room[path[-1]]
    if how == "remove":
        del room[path[-1]]
    elif how == "set" or not is_room(before):
        room[path[-1]] = value
    elif isinstance(before, dict):
        before[MARK] = value
    else:
        before.append(copy.deepcopy(before[0]) if how == "repeat" and before else value)
    found = differences(SUPPLIER, changed)
    same = repr(changed) == repr(SUPPLIER)
    assert bool(found) is not same
    assert all(difference.text.strip() and difference.title for difference in found)
    assert [d.text for d in differences(changed, SUPPLIER)] != [] or same

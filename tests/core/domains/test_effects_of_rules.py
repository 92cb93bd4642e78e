"""What a change of rules concerns: no less than it must, and no more than it can."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from mdm.core.domains import Effect, effect_of, load_documents, parse

Document = dict[str, Any]


@cache
def suppliers() -> Document:
    return load_documents()["supplier"]


def effect(change: Callable[[Document], Any]) -> Effect:
    """Return the effect of a change of the rules for suppliers."""
    changed = deepcopy(suppliers())
    change(changed)
    return effect_of(parse(suppliers()), parse(changed))


def declared(name: str, **parts: Any) -> Callable[[Document], Any]:
    return lambda document: document["declaration"]["attributes"][name].update(parts)


def add_source(document: Document) -> None:
    document["declaration"]["sources"]["edi"] = {"title": "EDI", "trust": 0.3}
    document["declaration"]["priority"].append("edi")


def test_the_same_rules_concern_nothing() -> None:
    assert not effect(lambda _: None)


def test_titles_concern_nothing() -> None:
    assert not effect(declared("phone", title="Telephone"))


@pytest.mark.parametrize(
    ("change", "units", "read"),
    [
        (declared("phone", survivorship={"rule": "longest"}), {"phone"}, set()),
        (declared("phone", critical=True), {"phone"}, set()),
        (declared("phone", owner="sales_data_owner"), {"phone"}, set()),
        (declared("phone", standardizer="text"), {"phone"}, {"phone"}),
        (declared("status", values=["active", "closed"]), {"status"}, {"status"}),
        (lambda d: d["declaration"]["search"].remove("duns"), {"duns"}, set()),
        (lambda d: d["declaration"].update(hierarchy=[]), {"parent"}, set()),
    ],
)  # fmt: skip
def test_rule_of_an_attribute_concerns_that_attribute(
    change: Callable[[Document], Any], units: set[str], read: set[str]
) -> None:
    found = effect(change)
    assert (found.units, found.read, found.compared) == (units, read, False)


def test_follower_is_concerned_by_what_it_follows() -> None:
    follower = declared("fax", survivorship={"rule": "follow", "attribute": "phone"})
    before = deepcopy(suppliers())
    follower(before)
    after = deepcopy(before)
    declared("phone", survivorship={"rule": "longest"})(after)
    assert effect_of(parse(before), parse(after)).units == {"phone", "fax"}


def test_new_source_concerns_nothing_that_is_there() -> None:
    assert not effect(add_source)


def test_other_order_of_sources_concerns_every_value() -> None:
    found = effect(lambda d: d["declaration"].update(priority=["portal", "erp", "procurement"]))
    assert found.units == parse(suppliers()).attributes.keys()


def test_trust_that_lets_no_nulls_clear_reads_everything_again() -> None:
    found = effect(lambda d: d["declaration"]["sources"]["erp"].update(may_blank=False))
    assert found.read == parse(suppliers()).attributes.keys()


def test_classification_that_shows_an_attribute_announces_it() -> None:
    assert effect(declared("contacts", classification="internal")).announced == {"contacts"}


@pytest.mark.parametrize(
    ("thresholds", "weights"),
    [
        ({"review": 0.0, "match": 9.0}, (7.0, 9.0)),
        ({"review": 2.0, "match": 7.0}, (0.0, 2.0)),
        ({"review": -2.0, "match": 7.0}, None),
    ],
)
def test_higher_threshold_concerns_the_pairs_between_alone(thresholds: Any, weights: Any) -> None:
    found = effect(lambda d: d["match"].update(thresholds=thresholds))
    assert (found.compared, found.weights, found.units) == (True, weights, set())

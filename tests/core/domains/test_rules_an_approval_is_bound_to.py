"""Approvals are bound to the rules of their attributes and to no others."""

from copy import deepcopy
from typing import Any

import pytest

from mdm.core.domains import load_documents, parse, rules_digest

SUPPLIER = load_documents()["supplier"]


def digest_with(*units: str, **changes: Any) -> str:
    """The digest under changed rules: `vat_id={"critical": False}`, `priority=[…]`."""
    document = deepcopy(SUPPLIER)
    for name, change in changes.items():
        declared = document["declaration"]
        if name in declared["attributes"]:
            declared["attributes"][name] |= change
        else:
            declared[name] = change
    return rules_digest(parse(document), units)


@pytest.mark.parametrize(
    "change",
    [
        {"critical": False},
        {"owner": "treasury_data_owner"},
        {"survivorship": {"rule": "longest"}},
        {"standardizer": "text"},
        {"survivorship": {"rule": "follow", "attribute": "phone"}},
    ],
)
def test_rule_of_its_attribute_binds_an_approval(change: dict[str, Any]) -> None:
    assert digest_with("vat_id", vat_id=change) != digest_with("vat_id")
    assert digest_with("vat_id", phone={"critical": True}) == digest_with("vat_id")


def test_attribute_that_is_followed_binds_too() -> None:
    led = {"survivorship": {"rule": "follow", "attribute": "phone"}}
    before, after = digest_with("vat_id", vat_id=led), digest_with("vat_id", vat_id=led, phone={"critical": True})
    assert before != after


def test_order_of_sources_binds_where_it_decides() -> None:
    turned = list(reversed(SUPPLIER["declaration"]["priority"]))
    first, newest = {"survivorship": {"rule": "source_priority"}}, {"survivorship": {"rule": "most_recent"}}
    assert digest_with("vat_id", vat_id=first, priority=turned) != digest_with("vat_id", vat_id=first)
    assert digest_with("vat_id", vat_id=newest, priority=turned) == digest_with("vat_id", vat_id=newest)


def test_units_are_bound_together_in_any_order() -> None:
    assert digest_with("vat_id", "bank_accounts") == digest_with("bank_accounts", "vat_id")
    assert digest_with("vat_id", "bank_accounts", bank_accounts={"critical": False}) != digest_with(
        "vat_id", "bank_accounts"
    )

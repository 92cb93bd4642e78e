"""Comparable forms and blocking keys: what records that belong together still share."""

from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import mdm.core
from mdm.core.matching import MOST_KEYS, MatchModel, block_keys, comparable

DECLARED = Path(mdm.core.__file__).parent / "domains"
CUSTOMER = MatchModel.from_document(yaml.safe_load((DECLARED / "customer.match.yaml").read_text(encoding="utf-8")))

ACME: dict[str, Any] = {
    "name": {"core": "zorvex metallbau", "form": "gmbh"},
    "address": {"street": "hauptstrasse", "number": "12", "postal_code": "80331", "city": "munchen", "country": "DE"},
    "phone": "+49891234567",
    "email": "info@zorvex.de",
    "vat_id": "DE123456789",
}


def keys(std: dict[str, Any]) -> set[str]:
    return set(block_keys(CUSTOMER, comparable(CUSTOMER, std)))


def named(core: str, **more: Any) -> dict[str, Any]:
    return {"name": {"core": core, "form": ""}, "address": ACME["address"], **more}


@pytest.mark.parametrize(
    "other",
    [
        named("zorwex metallbau"),
        named("metallbau zorvex"),
        named("zorvex"),
        named(
            "zorvex metallbau",
            address={**ACME["address"], "street": "ring", "number": "1", "postal_code": "10115", "city": "berlin"},
        ),
        named("quandil", address=None, phone="+49891234567"),
        named("quandil", address=None, website="www.zorvex.com"),
        named("quandil", address=None, vat_id="DE123456789"),
        named("quandil", address={**ACME["address"], "street": "hautpstrasse"}),
    ],
)
def test_records_that_differ_in_one_respect_share_a_key(other: dict[str, Any]) -> None:
    assert keys(ACME) & keys(other)


def test_records_that_share_only_what_is_common_share_no_key() -> None:
    elsewhere = {"street": "ring", "number": "1", "postal_code": "10115", "city": "berlin", "country": "DE"}
    other = {"name": {"core": "quandil metallbau", "form": "gmbh"}, "address": elsewhere, "email": "info@gmail.com"}
    assert not keys({**ACME, "email": "zorvex@gmail.com"}) & keys(other)


def test_keys_are_named_and_filled_in_the_order_of_the_model(model: MatchModel) -> None:
    record = comparable(model, {**ACME, "website": "shop.zorvex.de"})
    assert block_keys(model, record) == (
        "vat:DE123456789",
        "city:mtlb|DEmnkn",
        "city:srfks|DEmnkn",
        "domain:sorfeks",
        "phone:+49891234567",
    )


texts = st.sampled_from(["", "a", "acme", "zorvex metal works", "müller 1", "ооо ромашка"])
loose = st.dictionaries(st.sampled_from(["street", "number", "postal_code", "city", "country", "po_box"]), texts)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.fixed_dictionaries({"core": texts, "form": texts}),
            "trade_name": texts,
            "name_local": texts,
            "address": loose,
            "phone": texts,
            "fax": texts,
            "email": texts,
            "vat_id": texts,
            "contacts": st.lists(st.fixed_dictionaries({"email": texts, "phone": st.none()}), max_size=6),
        },
    )
)
def test_whatever_a_record_says_gives_few_keys_and_json(std: dict[str, Any]) -> None:
    record = comparable(CUSTOMER, std)
    found = block_keys(CUSTOMER, record)
    assert len(found) == len(set(found)) <= MOST_KEYS
    assert block_keys(CUSTOMER, orjson.loads(orjson.dumps(record))) == found


def test_record_that_says_nothing_has_no_columns_and_no_keys(model: MatchModel) -> None:
    assert comparable(model, {"name": {"core": "", "form": ""}, "address": {}, "phone": None, "contacts": []}) == {}
    assert block_keys(model, {}) == ()


def test_columns_hold_what_the_attributes_say(model: MatchModel) -> None:
    std = {
        "name": {"core": "zorvex", "form": "gmbh"},
        "trade_name": "Цорвекс",
        "phone": "+4989",
        "contacts": [{"phone": "+4930"}, {"phone": None}, {"phone": "+4989"}],
        "email": "info@example.com",
        "website": "www.shop.zorvex.co.uk",
    }
    assert comparable(model, std) == {
        "names": ["zorvex", "tsorveks"],
        "form": "gmbh",
        "phones": ["+4989", "+4930"],
        "online": ["example.com", "zorvex.co.uk"],
    }


def test_generic_values_are_left_out(model: MatchModel) -> None:
    assert comparable(model, {"email": "jane@gmail.com"}) == {"online": ["jane@gmail.com"]}
    assert comparable(model, {"email": "info@example.com", "website": "gmail.com"}) == {"online": ["example.com"]}

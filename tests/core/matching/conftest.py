"""A small match model whose weights can be added up in the head."""

import copy
from typing import Any

import pytest

from mdm.core.matching import MatchModel

DOCUMENT: dict[str, Any] = {
    "prior": 0.5,  # 0 bits
    "thresholds": {"review": 2.0, "match": 8.0},
    "columns": {
        "names": {"kind": "names", "of": ["name", "trade_name"]},
        "form": {"kind": "text", "of": ["name.form"]},
        "address": {"kind": "addresses", "of": ["address"]},
        "phones": {"kind": "values", "of": ["phone", "contacts.phone"]},
        "online": {"kind": "online", "of": ["email", "website"]},
        "vat": {"kind": "values", "of": ["vat_id"]},
    },
    "comparisons": [
        {
            "name": "name",
            "column": "names",
            "by": "names",
            "telling": ["holding"],
            "frequencies": {"table": "words", "reference": 10, "least": -4, "most": 3, "levels": ["identical"]},
            "levels": [
                {"level": "identical", "m": 0.5, "u": 1 / 64},  # 5 bits
                {"level": "contained", "m": 0.25, "u": 1 / 16},  # 2 bits
                {"level": "different", "m": 0.25, "u": 0.92},
            ],
        },
        {
            "name": "vat",
            "column": "vat",
            "by": "identifiers",
            "scope": 2,
            "levels": [{"level": "same", "m": 0.96, "u": 0.03}, {"level": "different", "m": 0.04, "u": 0.97}],  # 5 bits
        },
        {
            "name": "form",
            "column": "form",
            "by": "similarity",
            "levels": [
                {"level": "close", "m": 0.8, "u": 0.2, "at_least": 0.9},  # 2 bits
                {"level": "far", "m": 0.2, "u": 0.8},  # -2 bits
            ],
        },
    ],
    "keys": [
        {"name": "vat", "parts": ["vat"]},
        {"name": "city", "parts": ["names.words", "address.city"]},
        {"name": "domain", "parts": ["online.label"]},
        {"name": "phone", "parts": ["phones"]},
    ],
    "vetoes": [
        {"name": "other_name", "when": {"name": ["different"]}},
        {"name": "other_vat", "when": {"vat": ["different"]}, "unless": {"form": ["close"]}},
    ],
    "clusters": {"size_limit": 10, "strong": {"vat": {"scope": 2}}, "bridge": {"weight": 10, "share": 0.3}},
    "frequencies": {
        "words": {"unlisted": 1 / 1024, "shares": [{"share": 1 / 16, "words": "metal works"}]},  # 10 and 4 bits
    },
    "generic": ["gmail.com", "info@example.com"],
}


@pytest.fixture
def document() -> dict[str, Any]:
    return copy.deepcopy(DOCUMENT)


@pytest.fixture(scope="session")
def model() -> MatchModel:
    return MatchModel.from_document(DOCUMENT)

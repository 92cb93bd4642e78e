"""What holds for every standardizer, whatever is sent."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.core.standardize import STANDARDIZERS, Context, Standard

STRUCTURED = {"address", "boolean", "quantity", "map_by_language", "item_description"}
TEXTUAL = sorted(set(STANDARDIZERS) - STRUCTURED)
COUNTRIES = [None, "DE", "AT", "CH", "FR", "IT", "ES", "GB", "US", "PL", "CZ", "TR", "BG", "GR", "JP", "MX"]
SNIPPETS = [
    "GmbH & Co. KG", "AG", "S.p.A.", "Ltd", "株式会社", "(株)", "㈱", "ООО", "ЕООД", "Α.Ε.", "A.Ş.",
    "Sp. z o.o.", "S.A. de C.V.", "Müller", "und", "&", "Straße", "str.", "12a", "5/7", "rue de",
    "Via", "ul.", "C/", "No:5", "Postfach", "PO Box 12", "D-", "80331", "00-238", "+49", "0049",
    "(0)", "089", "123456", "ext. 5", "x", "@", "acme.de", "www.", "https://", "DE136695976", "EL",
    "CHE", "IT", "n/a", "000000000", "İ", "ı", "ß", "ﬁ", "\u0301", "\ud800", "\x00", "\u200b",
    "\u202e", "\ufeff", " ", "\u3000", "-", ".", ",", "'",
]  # fmt: skip

contexts = st.sampled_from(COUNTRIES).map(Context)
texts = st.one_of(
    st.text(max_size=40),
    st.text(st.characters(), max_size=30),
    st.lists(st.sampled_from(SNIPPETS), max_size=6).map("".join),
    st.lists(st.sampled_from(SNIPPETS), max_size=6).map(" ".join),
    st.text("0123456789 -./+()", max_size=20),
)
addresses = st.dictionaries(
    st.sampled_from(["street", "house_number", "line2", "po_box", "postal_code", "city", "region", "country"]), texts
)


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts_in(part)


def assert_publishable(standard: Standard) -> None:
    for text in (*texts_in(standard.value), *texts_in(standard.std)):
        assert not {unicodedata.category(sign) for sign in text} & {"Cc", "Cs"}
        assert text == " ".join(text.split())
    assert all(unicodedata.is_normalized("NFC", text) for text in texts_in(standard.value))


@pytest.mark.parametrize("name", TEXTUAL)
@given(raw=texts, context=contexts)
@settings(max_examples=60, deadline=None)
def test_any_text_is_standardized_for_good(name: str, raw: str, context: Context) -> None:
    once = STANDARDIZERS[name](raw, context)
    assert_publishable(once)
    if once.value is None:
        assert once == Standard(None, None)
        return
    twice = STANDARDIZERS[name](once.value, context)
    assert (twice.value, twice.std) == (once.value, once.std)


@given(raw=addresses, context=contexts)
@settings(max_examples=300, deadline=None)
def test_any_address_is_standardized_for_good(raw: dict[str, str], context: Context) -> None:
    once = STANDARDIZERS["address"](raw, context)
    assert_publishable(once)
    if once.value is None:
        return
    assert list(once.std) == ["street", "number", "postal_code", "city", "region", "country", "po_box"]
    twice = STANDARDIZERS["address"](once.value, context)
    assert (twice.value, twice.std) == (once.value, once.std)

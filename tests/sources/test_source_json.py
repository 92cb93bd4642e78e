import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.errors import UnreadableRow
from mdm.sources import read_json

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
DOCUMENTS = st.recursive(
    SCALARS | TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
)


@given(DOCUMENTS)
def test_whatever_json_can_say_is_read(document: object) -> None:
    assert read_json(json.dumps(document).encode()) == document


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"a":1,"a":2}', 'The key "a" occurs twice'),
        (b'{"a" :1,"b":{"c":1,"c"\n:1}}', 'The key "c" occurs twice'),
        (b'{"a":"\\":","a":2}', 'The key "a" occurs twice'),
        (b'{"a":1,"\\u0061":2}', 'The key "a" occurs twice'),
        (b'{"a":NaN}', "broken"),
        (b'{"a":-Infinity}', "broken"),
        (b'{"a":1e999}', "broken"),
        (b'{"a":123456789012345678901}', "does not fit 64 bits"),
        (b'{"a":"\\ud800"}', "broken"),
        (b'{"a":"\xe9"}', "broken"),
        (b'{"a":"x\\u0000"}', "NUL"),
        (b'{"a\\u0000":1}', "NUL"),
        (b'["\\u0000"]', "NUL"),
        (b'{"a":1', "broken"),
        (b"", "broken"),
        (b'{"a":1} {"b":2}', "broken"),
        (b"[" * 17 + b"]" * 17, "deeper than 16"),
        (b"[" * 100_000, "broken"),
        (b"[" * 100_000 + b"]" * 100_000, "broken"),
    ],
)
def test_json_that_two_readers_may_read_differently_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(UnreadableRow, match=reason):
        read_json(text)


@pytest.mark.parametrize(
    "text", [b'{"a":"\\":\\":","b":"x: y"}', b'{"a": {"a": [{"a": 1}, {"a": 1}]}}', b"1e300", b"18446744073709551615"]
)
def test_what_only_looks_suspicious_is_read(text: bytes) -> None:
    assert read_json(text) == json.loads(text)

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mdm.core.ids import canonical_json, digest, lock_number, new_id

json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=8,
)


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = [new_id() for _ in range(1_000)]
    assert made == sorted(made)
    assert len(set(made)) == 1_000
    assert {i.version for i in made} == {7}


def test_equal_content_has_equal_bytes_whatever_the_order_of_its_keys() -> None:
    assert canonical_json({"b": [1, {"d": 1, "c": 2}], "a": None}) == b'{"a":null,"b":[1,{"c":2,"d":1}]}'


def test_instants_are_written_in_utc() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert canonical_json(noon) == b'"2026-01-01T12:00:00Z"'


def test_digest_of_bytes_is_that_of_the_bytes_themselves() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest('""') != digest(b'""')
    assert digest("") == digest(b'""')


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), json))
def test_digest_does_not_depend_on_the_order_of_keys(content: dict[str, object]) -> None:
    assert digest(content) == digest(dict(reversed(content.items())))


@given(json, json)
def test_other_content_has_another_digest(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) == (canonical_json(one) == canonical_json(other))


def test_order_of_a_list_is_content() -> None:
    assert digest([1, 2]) != digest([2, 1])


@given(st.text(st.characters(codec="utf-8")))
def test_lock_number_fits_a_bigint_and_is_always_the_same(name: str) -> None:
    assert -(2**63) <= lock_number(name) < 2**63
    assert lock_number(name) == lock_number(name)


def test_lock_numbers_are_the_same_in_every_process_and_release() -> None:
    assert (lock_number(""), lock_number("a")) == (-1970711489451281740, 4681665781835383343)

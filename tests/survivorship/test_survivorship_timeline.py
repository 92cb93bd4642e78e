from datetime import UTC, datetime

import pytest
from claims_in_words import day, emptied, ruled_by, said, survive, timeline

from survivorship import InvalidClaims, Policy

POLICY = ruled_by("source_priority")


def test_undated_claims_make_one_slice_with_open_ends() -> None:
    assert timeline(survive(POLICY, said("erp/1", "A"), said("crm/1", "B"))) == [(None, None, "A")]


def test_no_claims_make_no_slices() -> None:
    assert survive(POLICY).slices == ()


def test_a_change_ahead_starts_a_slice_on_its_day() -> None:
    claims = [said("erp/1", "A", until=30), said("erp/1", "B", since=30)]
    assert timeline(survive(POLICY, *claims)) == [(None, 30, "A"), (30, None, "B")]


def test_each_slice_has_its_own_winner() -> None:
    claims = [said("erp/1", "A", since=2, until=4), said("crm/1", "B", since=1, until=6)]
    assert timeline(survive(POLICY, *claims)) == [(1, 2, "B"), (2, 4, "A"), (4, 6, "B")]


def test_a_time_without_any_value_has_no_slice() -> None:
    claims = [said("erp/1", "A", until=2), emptied("erp/1", since=2, until=5), said("erp/1", "A", since=5)]
    assert timeline(survive(POLICY, *claims)) == [(None, 2, "A"), (5, None, "A")]


def test_a_slice_goes_on_while_another_attribute_has_no_value() -> None:
    claims = [said("erp/1", "A"), said("erp/1", "+1", "phone", until=3), said("erp/1", "+1", "phone", since=5)]
    slices = survive(POLICY, *claims).slices
    assert [s.attributes for s in slices] == [{"name": "A", "phone": "+1"}, {"name": "A"}, {"name": "A", "phone": "+1"}]


def test_equal_neighbours_are_one_slice() -> None:
    claims = [said("erp/1", "A", until=3), said("erp/1", "A", since=3), said("crm/1", "B", since=1, until=2)]
    assert timeline(survive(POLICY, *claims)) == [(None, None, "A")]


def test_a_new_origin_of_the_same_value_starts_a_slice() -> None:
    first, second = survive(POLICY, said("erp/1", "A", until=3), said("crm/1", "A", since=3)).slices
    assert first.attributes == second.attributes
    assert (first.provenance["name"]["record"], second.provenance["name"]["record"]) == ("erp/1", "crm/1")


def test_an_interval_that_ends_before_it_starts_says_nothing() -> None:
    assert survive(POLICY, said("erp/1", "A", since=5, until=2), said("crm/1", "A", since=3, until=3)).slices == ()
    assert timeline(survive(POLICY, said("erp/1", "A", since=5, until=2), said("crm/1", "B"))) == [(None, None, "B")]


def test_claims_of_one_record_that_overlap_are_refused() -> None:
    with pytest.raises(InvalidClaims, match=r"erp/1 makes two claims about 'name' at one time\. Fold"):
        survive(POLICY, said("crm/1", "C"), said("erp/1", "A", until=3), said("erp/1", "B", since=2))


def test_naive_times_are_refused() -> None:
    naive = said("erp/1", "A")
    naive.valid_from = datetime(2024, 1, 1)  # noqa: DTZ001
    with pytest.raises(TypeError, match="offset-naive"):
        survive(POLICY, naive)


def test_the_extremes_of_time_are_open_ends() -> None:
    always = said("erp/1", "A")
    always.valid_from, always.valid_to = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert timeline(survive(POLICY, always)) == [(None, None, "A")]


def test_slices_with_dates_name_attributes_in_a_fixed_order() -> None:
    claims = [said("erp/1", "x", name, since=1) for name in ("b", "c", "a")]
    (only,) = survive(Policy(), *claims).slices
    assert (list(only.attributes), only.valid_from) == (["a", "b", "c"], day(1))

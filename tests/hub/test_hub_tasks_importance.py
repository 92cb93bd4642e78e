"""What stewards meet first."""

from datetime import timedelta

import pytest

from mdm.hub.tasks import KINDS
from mdm.hub.tasks.importance import BASE, DUE, importance, probability_of


def consequence(kind: str = "match_review", **more: float) -> float:
    return importance(kind, **({"records": 2} | more)).consequence  # type: ignore[arg-type]


def test_probable_pair_comes_before_a_doubtful_one() -> None:
    assert consequence(probability=0.99) > consequence(probability=0.5)


def test_pair_known_to_many_systems_comes_before_one_known_to_few() -> None:
    assert consequence(records=9) > consequence(records=2)


def test_pair_that_may_change_bank_data_comes_before_one_that_may_not() -> None:
    assert consequence(critical=1) > consequence(critical=0)


def test_every_kind_weighs_something_and_a_master_without_records_still_counts() -> None:
    assert set(KINDS) == BASE.keys()
    assert importance("orphaned", records=0).consequence == BASE["orphaned"]


@pytest.mark.parametrize(
    ("records", "critical", "severity"), [(1, 0, "low"), (2, 0, "medium"), (8, 0, "high"), (16, 2, "critical")]
)
def test_the_more_depends_on_a_task_the_more_severe_it_is_and_the_sooner_due(
    records: int, critical: int, severity: str
) -> None:
    found = importance("match_review", records=records, critical=critical)
    assert (found.severity, found.due_in) == (severity, DUE[severity])
    assert timedelta(days=1) <= found.due_in <= timedelta(days=10)


def test_weight_in_bits_becomes_a_probability_whatever_its_size() -> None:
    assert [round(probability_of(bits), 3) for bits in (-5_000, -1, 0, 1, 5_000)] == [0, 0.333, 0.5, 0.667, 1]

"""What a simulation counts, and how it estimates what it does not count."""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

from mdm.hub.releases.simulation.effects import differences
from mdm.hub.releases.simulation.new_pairs import Drawn, Estimate, pairs_under
from mdm.hub.releases.simulation.surroundings import Found
from mdm.hub.releases.simulation.tally import EXAMPLES, Tally

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FIRST, LATER = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
RECORDS = 3_000


class Stretch(NamedTuple):
    valid_from: datetime | None
    valid_to: datetime | None
    attributes: dict[str, Any]
    provenance: Mapping[str, Any] = MappingProxyType({})


def test_values_differ_now_in_the_future_or_in_the_past() -> None:
    before = [Stretch(None, FIRST, {"a": 1, "b": 1}), Stretch(FIRST, LATER, {"a": 1}), Stretch(LATER, None, {"a": 1})]
    after = [Stretch(None, FIRST, {"a": 1, "b": 2}), Stretch(FIRST, LATER, {"a": 2}), Stretch(LATER, None, {"a": 2})]
    found = differences(before, after, now=NOW)
    assert {name: {tense: d[:3] for tense, d in tenses.items()} for name, tenses in found.items()} == {
        "a": {"now": (FIRST, 1, 2), "future": (LATER, 1, 2)},
        "b": {"past": (None, 1, 2)},
    }


def test_slices_that_are_only_cut_otherwise_do_not_differ() -> None:
    assert differences([Stretch(None, None, {"a": 1})], [Stretch(None, NOW, {"a": 1}), Stretch(NOW, None, {"a": 1})], now=NOW) == {}  # fmt: skip  # noqa: E501


def test_tallies_add_up_in_any_order_and_keep_the_same_examples() -> None:
    portions = []
    for first in range(0, 100, 10):
        tally = Tally()
        for about in map(str, range(first, first + 10)):
            tally.count("masters", "changed")
            if tally.wants(("changed",), about):
                tally.keep(("changed",), about, {"master": about})
        portions.append(tally)
    forward, backward = Tally(), Tally()
    for tally in portions:
        forward.add(tally)
    for tally in reversed(portions):
        backward.add(tally)
    assert forward.of("masters", "changed") == 100
    assert list(forward.shown()) == list(backward.shown())
    assert len(list(forward.shown())) == EXAMPLES


def test_new_pairs_are_estimated_without_bias_from_some_of_the_keys() -> None:
    draw = Random(3)
    keys = {record: {draw.randrange(RECORDS) for _ in range(4)} for record in range(RECORDS)}
    true = len(pairs_under([(key, record) for record in keys for key in keys[record]])[0])
    estimates, inside = [], 0
    for shift in range(20):
        drawn = [(key, record) for record in keys for key in keys[record] if (key + shift) % 20 == 0]
        chosen = {key for key, _ in drawn}
        found = [
            Drawn(Found(left, right, 9.0, "match", ()), tuple(shared & chosen), len(shared), apart=True)
            for left, right in pairs_under(drawn)[0]
            if (shared := keys[left] & keys[right])
        ]
        matches = Estimate(20, found).figures()["matches"]
        estimates.append(matches["estimate"])
        inside += matches["least"] <= true <= matches["most"]
    assert abs(sum(estimates) / 20 - true) < true / 50
    assert inside >= 16


def test_pairs_under_a_hot_key_need_a_second_one() -> None:
    crowd = [(1, record) for record in range(101)]
    pairs, hot = pairs_under([*crowd, (2, 0), (2, 1)])
    assert len(pairs) == 101 * 100 // 2
    assert (0, 1) not in hot
    assert (0, 2) in hot

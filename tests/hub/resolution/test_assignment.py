from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mdm.hub.golden import Touched
from mdm.hub.resolution.assignment import assign

BORN = datetime(2026, 1, 1, tzinfo=UTC)


def masters(count: int) -> dict[UUID, Touched]:
    """Masters 1..n, the first the oldest."""
    found = [Touched(UUID(int=n), version=1, created_at=BORN + timedelta(days=n)) for n in range(1, count + 1)]
    return {master.id: master for master in found}


def links(text: str) -> dict[int, UUID]:
    """Read "1:A 2:A 3:B" as record → master."""
    pairs = (word.split(":") for word in text.split())
    return {int(record): UUID(int=ord(master) - ord("A") + 1) for record, master in pairs}


def test_records_without_a_master_get_a_new_one() -> None:
    (made,) = assign([{1, 2}], current={}, masters={}).values()
    assert (made.version, sorted(made.joined), made.reason) == (0, [1, 2], "match")


def test_record_joins_the_master_of_its_cluster() -> None:
    found = assign([{1, 2}], current=links("1:A"), masters=masters(1))
    assert {m.id.int: m.joined for m in found.values()} == {1: [2]}


def test_oldest_master_survives_a_merge() -> None:
    found = assign([{1, 2}], current=links("1:B 2:A"), masters=masters(2))
    assert found[UUID(int=2)].merged_into == UUID(int=1)
    assert found[UUID(int=1)].absorbed == [UUID(int=2)]
    assert found[UUID(int=1)].joined == [1]


def test_split_leaves_the_master_with_most_of_its_records() -> None:
    found = assign([{1}, {2, 3}], current=links("1:A 2:A 3:A"), masters=masters(1))
    old = found.pop(UUID(int=1))
    (new,) = found.values()
    assert (old.left, old.split_to, new.joined) == ([1], [new.id], [1])


def test_record_that_moves_is_left_and_joined() -> None:
    found = assign([{1}, {2, 3}], current=links("1:A 2:A 3:B"), masters=masters(2))
    assert found[UUID(int=1)].left == [2] or found[UUID(int=2)].left == [3]
    assert sum(len(m.joined) for m in found.values()) == 1


def test_record_that_leaves_for_another_master_does_not_take_its_own_along() -> None:
    found = assign([{1, 3}, {2}], current=links("1:A 2:A 3:B"), masters=masters(2))
    assert {m.id.int: (m.joined, m.left, m.merged_into) for m in found.values()} == {
        1: ([], [1], None),
        2: ([1], [], None),
    }


def test_nothing_moves_where_partition_and_links_agree() -> None:
    found = assign([{1, 2}, {3}], current=links("1:A 2:A 3:B"), masters=masters(2))
    assert not [m for m in found.values() if m.moved]


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=8), st.lists(st.none() | st.integers(0, 3), min_size=8, max_size=8)
)
def test_afterwards_every_group_is_exactly_one_master(places: list[int], owners: list[int | None]) -> None:
    groups = [{r for r, place in enumerate(places) if place == n} for n in set(places)]
    current = {
        r: UUID(int=owner + 1) for r, owner in zip(range(len(places)), owners, strict=False) if owner is not None
    }
    found = assign(groups, current=current, masters={m: t for m, t in masters(4).items() if m in current.values()})
    after = {
        m.id: {r for r, owner in current.items() if owner == m.id} - set(m.left) | set(m.joined) for m in found.values()
    }
    living = [members for master, members in after.items() if found[master].merged_into is None]
    assert sorted(map(sorted, living)) == sorted(map(sorted, groups))
    assert all(not after[m.id] for m in found.values() if m.merged_into is not None)

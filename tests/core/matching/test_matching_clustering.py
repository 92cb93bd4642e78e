"""Clusters against a naive oracle, and what may never happen whatever the edges say."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.core.matching import Clusters, Constraint, Edge, Node, Outcome, Rules, clustering

FREE = Rules(size_limit=1000, one_per_master=frozenset(), strong={}, bridge_weight=-1000.0, bridge_share=0.0)
STRICT = Rules(size_limit=4, one_per_master=frozenset({"erp"}), strong={"vat": 2}, bridge_weight=20.0, bridge_share=0.5)
NAMES = "abcdefghij"


def node(number: int, source: str = "crm", strong: tuple[str, ...] = ()) -> Node:
    return Node(number, f"{source}/{NAMES[number]}", source, strong)


def match(left: int, right: int, weight: float = 10.0) -> Edge:
    return Edge(left, right, weight, Outcome.MATCH)


def groups(clusters: Clusters) -> set[frozenset[int]]:
    return set(clusters.groups)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Node], list[Edge], list[Constraint]]:
    count = draw(st.integers(1, 9))
    sources, vats = (
        st.sampled_from(["crm", "erp", "shop"]),
        st.sampled_from(
            [(), (), ("vat:DE111111111",), ("vat:DE222222222",), ("vat:DE111111112",), ("vat:FR333333333",)]
        ),
    )
    nodes = [node(number, draw(sources), draw(vats)) for number in range(count)]
    pairs = list(combinations(range(count), 2))
    some_pairs = st.lists(st.sampled_from(pairs), unique=True, max_size=14) if pairs else st.just([])
    weights, outcomes = st.sampled_from([8.0, 12.0, 25.0]), st.sampled_from([Outcome.MATCH] * 3 + [Outcome.REVIEW])
    edges = [Edge(a, b, draw(weights), draw(outcomes)) for a, b in draw(some_pairs)]
    kinds = st.sampled_from(["must", "cannot"])
    few_pairs = st.lists(st.sampled_from(pairs), unique=True, max_size=3) if pairs else st.just([])
    constraints = [Constraint(a, b, draw(kinds)) for a, b in draw(few_pairs)]
    return nodes, edges, constraints


def connected(count: int, pairs: Iterable[tuple[int, int]]) -> set[frozenset[int]]:
    """Naive union-find."""
    parent = list(range(count))

    def root(number: int) -> int:
        return number if parent[number] == number else root(parent[number])

    for a, b in pairs:
        parent[root(a)] = root(b)
    return {frozenset(n for n in range(count) if root(n) == top) for top in set(map(root, range(count)))}


def slow(
    nodes: Sequence[Node], edges: Sequence[Edge], constraints: Sequence[Constraint], rules: Rules
) -> set[frozenset[int]]:
    """The obvious clustering: sets, and every rule looked up afresh on the two sets."""
    by_id = {n.id: n for n in nodes}
    matches = [e for e in edges if e.outcome == Outcome.MATCH]
    must = [(c.left, c.right) for c in constraints if c.kind == "must"]
    cannot = {frozenset((c.left, c.right)) for c in constraints if c.kind == "cannot"}
    clusters = connected(len(nodes), must)

    def allowed(one: frozenset[int], other: frozenset[int], weight: float) -> bool:
        crossing = sum((e.left in one and e.right in other) or (e.left in other and e.right in one) for e in matches)
        sources = [{by_id[n].source for n in side} & rules.one_per_master for side in (one, other)]
        return not (
            any(frozenset(pair) in cannot for pair in product(one, other))
            or len(one | other) > rules.size_limit
            or sources[0] & sources[1]
            or conflict(one, other)
            or (
                min(len(one), len(other)) > 1
                and weight < rules.bridge_weight
                and crossing < rules.bridge_share * len(one) * len(other)
            )
        )

    def conflict(one: frozenset[int], other: frozenset[int]) -> bool:
        for country in ("DE", "FR"):
            vats = [{v for n in side for v in by_id[n].strong if v[4:6] == country} for side in (one, other)]
            if all(vats) and all(sum(map(str.__ne__, a, b)) > 1 for a, b in product(*vats)):
                return True
        return False

    for edge in sorted(matches, key=lambda e: (-e.weight, *sorted((by_id[e.left].name, by_id[e.right].name)))):
        one, other = (next(c for c in clusters if n in c) for n in (edge.left, edge.right))
        if one != other and allowed(one, other, edge.weight):
            clusters = clusters - {one, other} | {one | other}
    return clusters


@given(graphs())
def test_without_rules_clusters_are_the_connected_components(graph) -> None:  # type: ignore[no-untyped-def]
    nodes, edges, _ = graph
    matches = [(e.left, e.right) for e in edges if e.outcome == Outcome.MATCH]
    assert groups(clustering(nodes, edges, [], FREE)) == connected(len(nodes), matches)


@given(graphs())
def test_clusters_are_what_the_slow_obvious_version_finds(graph) -> None:  # type: ignore[no-untyped-def]
    assert groups(clustering(*graph, STRICT)) == slow(*graph, STRICT)


@given(graphs(), st.randoms(use_true_random=False))
def test_order_and_numbering_make_no_difference(graph, random) -> None:  # type: ignore[no-untyped-def]
    nodes, edges, constraints = graph
    number = dict(enumerate(random.sample(range(100, 200), len(nodes))))
    renumbered = [replace(n, id=number[n.id]) for n in nodes]
    turned = [e if random.random() < 0.5 else replace(e, left=e.right, right=e.left) for e in edges]
    moved = [replace(e, left=number[e.left], right=number[e.right]) for e in turned]
    decided = [replace(c, left=number[c.right], right=number[c.left]) for c in constraints]
    for items in (renumbered, moved, decided):
        random.shuffle(items)  # type: ignore[arg-type]
    before, after = clustering(nodes, edges, constraints, STRICT), clustering(renumbered, moved, decided, STRICT)
    assert tuple(frozenset(number[n] for n in group) for group in before.groups) == after.groups
    assert [d.veto for d in before.demoted] == [d.veto for d in after.demoted]


@given(graphs())
def test_steward_decisions_hold(graph) -> None:  # type: ignore[no-untyped-def]
    nodes, edges, constraints = graph
    found = clustering(nodes, edges, constraints, STRICT)
    home = {n: at for at, group in enumerate(found.groups) for n in group}
    forced = connected(len(nodes), [(c.left, c.right) for c in constraints if c.kind == "must"])
    assert sorted(home) == [n.id for n in nodes]
    for c in constraints:
        contradiction = any({c.left, c.right} <= group for group in forced)
        assert (home[c.left] == home[c.right]) == (c.kind == "must" or contradiction)


@given(graphs())
def test_every_match_inside_a_cluster_or_kept_back_by_name(graph) -> None:  # type: ignore[no-untyped-def]
    nodes, edges, constraints = graph
    found = clustering(nodes, edges, constraints, STRICT)
    home = {n: at for at, group in enumerate(found.groups) for n in group}
    outside = {(e.left, e.right) for e in edges if e.outcome == Outcome.MATCH and home[e.left] != home[e.right]}
    assert {(d.edge.left, d.edge.right) for d in found.demoted} == outside


def test_cannot_link_holds_through_must_links() -> None:
    constraints = [Constraint(0, 1, "must"), Constraint(1, 2, "cannot")]
    found = clustering([node(0), node(1), node(2)], [match(0, 2, 50.0)], constraints, FREE)
    assert groups(found) == {frozenset({0, 1}), frozenset({2})}
    assert [d.veto for d in found.demoted] == ["cannot_link"]


def test_stronger_match_wins_the_place_in_a_full_cluster() -> None:
    rules = replace(FREE, size_limit=2)
    found = clustering([node(0), node(1), node(2)], [match(0, 1, 9.0), match(1, 2, 9.5)], [], rules)
    assert groups(found) == {frozenset({1, 2}), frozenset({0})}
    assert [d.veto for d in found.demoted] == ["size_limit"]


def test_second_record_of_a_source_with_one_per_master_stays_outside() -> None:
    nodes = [node(0, "erp"), node(1, "crm"), node(2, "erp")]
    found = clustering(
        nodes, [match(0, 1, 12.0), match(1, 2, 11.0)], [], replace(FREE, one_per_master=frozenset({"erp"}))
    )
    assert groups(found) == {frozenset({0, 1}), frozenset({2})}
    assert [d.veto for d in found.demoted] == ["one_per_source"]


@pytest.mark.parametrize(
    ("left", "right", "together"),
    [
        ("vat:DE123456789", "vat:DE123456789", True),
        ("vat:DE123456789", "vat:DE987654321", False),
        ("vat:DE123456789", "vat:DE123456780", True),  # one typing error is no conflict
        ("vat:DE123456789", "vat:FR987654321", True),  # one number per country is none either
        ("vat:DE123456789", "duns:987654321", True),
    ],
)
def test_record_between_two_conflicting_identifiers_does_not_join_them(
    left: str, right: str, *, together: bool
) -> None:
    nodes = [node(0, strong=(left,)), node(1), node(2, strong=(right,))]
    found = clustering(nodes, [match(0, 1, 12.0), match(1, 2, 11.0)], [], replace(FREE, strong={"vat": 2, "duns": 0}))
    assert (len(found.groups) == 1) is together
    assert [d.veto for d in found.demoted] == ([] if together else ["conflicting_identifier"])


@pytest.mark.parametrize(
    ("bridges", "joined"), [([(1, 2, 9.0)], False), ([(1, 2, 21.0)], True), ([(0, 2, 9.0), (1, 2, 9.0)], True)]
)
def test_two_clusters_need_a_strong_or_a_broad_bridge(bridges: list[tuple[int, int, float]], *, joined: bool) -> None:
    rules = replace(FREE, bridge_weight=20.0, bridge_share=0.5)
    edges = [match(0, 1, 30.0), match(2, 3, 30.0), *(match(*bridge) for bridge in bridges)]
    found = clustering([node(n) for n in range(4)], edges, [], rules)
    assert (len(found.groups) == 1) is joined
    assert {d.veto for d in found.demoted} == (set() if joined else {"weak_bridge"})


def test_review_edges_and_strangers_join_nothing() -> None:
    edges = [Edge(0, 1, 99.0, Outcome.REVIEW), match(0, 7)]
    found = clustering([node(0), node(1)], edges, [Constraint(1, 7, "must")], FREE)
    assert found.groups == (frozenset({0}), frozenset({1}))

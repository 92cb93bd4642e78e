"""The demo matched in memory: read, standardize, block, score, cluster, and compare with the truth."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from mdm.core.domains import Domain, standardize_record
from mdm.core.matching import (
    Comparable,
    Edge,
    Node,
    Outcome,
    block_keys,
    clustering,
    comparable,
    score,
    strong_identifiers,
)
from mdm.demo import Manifest
from mdm.errors import InvalidInput
from mdm.sources import SourceFact, load_mappings

HOT, UNBEARABLE = 100, 2_000  # as the hub has it: beyond the first a second shared key is needed

Record = tuple[str, str]  # source, key
Pair = tuple[Record, Record]


@dataclass(frozen=True, slots=True)
class Quality:
    """How well pairs were found, as shares of the true pairs unless said otherwise."""

    records: int
    true_pairs: int
    candidates: float  # per record
    compared: float
    precision: float  # of the linked pairs
    recall: float
    review_recall: float
    tasks: float

    def __str__(self) -> str:
        shares = " ".join(f"{name} {getattr(self, name):.4f}" for name in ("compared", "precision", "recall", "review_recall", "tasks"))  # fmt: skip  # noqa: E501
        return f"{self.records} records, {self.true_pairs} true pairs, {self.candidates:.1f} candidates: {shares}"


def states(manifest: Manifest) -> dict[str, dict[Record, dict[str, Any]]]:
    """Return the last attributes of every live record, by domain."""
    folded: dict[str, dict[Record, dict[str, Any]]] = defaultdict(dict)
    for (domain, source, key), facts in _facts(manifest).items():
        attributes: dict[str, Any] | None = None
        for fact in facts:
            if fact.operation == "delete":
                attributes = None
            else:
                kept = attributes if fact.operation == "partial" and attributes else {}
                attributes = {**kept, **fact.attributes}
        if attributes is not None:
            folded[domain][source, key] = attributes
    return folded


def _facts(manifest: Manifest) -> Mapping[tuple[str, str, str], Sequence[SourceFact]]:
    registry = load_mappings()
    found: dict[tuple[str, str, str], list[SourceFact]] = defaultdict(list)
    for source, path in manifest.files:
        feed, file = registry.feed_for(source, path), manifest.folder / Path(path)
        rows = feed.open(file)
        for row in rows:
            try:
                fact = feed.interpret(row.raw, rows.context)
            except InvalidInput:
                continue
            found[fact.domain, fact.source, fact.key].append(fact)
    for facts in found.values():
        facts.sort(key=lambda fact: (fact.version or 0, fact.source_time.isoformat() if fact.source_time else ""))
    return found


def measure(domain: Domain, records: Mapping[Record, Mapping[str, Any]], truth: Iterable[Pair]) -> Quality:
    """Match the records of a domain and compare the clusters with the true pairs."""
    names = sorted(records)
    compared = [_comparable(domain, records[name]) for name in names]
    candidates = _candidates([block_keys(domain.match, record) for record in compared])
    edges = _edges(domain, compared, candidates)
    place = {name: at for at, name in enumerate(names)}
    true = {(place[left], place[right]) for left, right in truth if left in place and right in place}
    nodes = [
        Node(at, "/".join(name), name[0], strong_identifiers(domain.match, compared[at])) for name, at in place.items()
    ]
    groups = clustering(nodes, edges, [], domain.match.rules).groups
    home = {record: group for group, members in enumerate(groups) for record in members}
    linked = {pair for members in groups for pair in combinations(sorted(members), 2)}
    tasks = {frozenset((home[e.left], home[e.right])) for e in edges if home[e.left] != home[e.right]}
    asked = sum(frozenset((home[left], home[right])) in tasks for left, right in true - linked)
    return Quality(
        records=len(names),
        true_pairs=len(true),
        candidates=2 * len(candidates) / len(names),
        compared=len(candidates & true) / len(true),
        precision=len(linked & true) / len(linked),
        recall=len(linked & true) / len(true),
        review_recall=(len(linked & true) + asked) / len(true),
        tasks=len(tasks) / len(true),
    )


def _comparable(domain: Domain, attributes: Mapping[str, Any]) -> Comparable:
    return comparable(domain.match, {name: s.std for name, s in standardize_record(domain, attributes).items()})


def _candidates(keys: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    blocks: dict[str, list[int]] = defaultdict(list)
    for record, own in enumerate(keys):
        for key in own:
            blocks[key].append(record)
    found: set[tuple[int, int]] = set()
    shared: Counter[tuple[int, int]] = Counter()
    for block in blocks.values():
        if len(block) <= HOT:
            found.update(combinations(block, 2))
        elif len(block) <= UNBEARABLE:
            shared.update(combinations(block, 2))
    return found | {pair for pair, times in shared.items() if times > 1}


def _edges(domain: Domain, compared: Sequence[Comparable], candidates: Iterable[tuple[int, int]]) -> list[Edge]:
    scored = ((pair, score(domain.match, compared[pair[0]], compared[pair[1]])) for pair in sorted(candidates))
    return [Edge(*pair, s.weight, s.outcome, s.vetoes) for pair, s in scored if s.outcome != Outcome.DISTINCT]

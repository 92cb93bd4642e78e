"""Which records are compared with which, and what the comparison says."""

from collections.abc import Mapping
from typing import Any

from mdm.core.domains import Domain
from mdm.core.matching import Comparable, Outcome, Scored, block_keys, score
from mdm.store import records, resolution
from mdm.store.work import Work

HOT = 100  # more records than this share a key: only a second shared key makes them candidates
UNBEARABLE = 2_000  # more than this: the key is not looked into, and reported
DECLARED = 1_000.0  # weight of a link that the source itself declares by sending the master id


def compare(work: Work, domain: Domain, compared: Mapping[int, Comparable]) -> None:
    """Score records against every candidate and keep the pairs at or above REVIEW as edges."""
    ids = list(compared)
    resolution.forget_edges(work.session, ids)
    _report_unbearable(work, domain, compared)
    pairs = {(min(pair), max(pair)) for pair in records.candidates(work.session, ids, hot=HOT, unbearable=UNBEARABLE)}
    others = records.comparables(work.session, {r for pair in pairs for r in pair} - compared.keys())
    known = {**others, **compared}
    found = (_edge(left, right, score(domain.match, known[left], known[right])) for left, right in sorted(pairs))
    edges = [edge for edge in found if edge is not None]
    resolution.write_edges(work.session, edges, release=domain.release, now=work.now)


def declare(work: Work, domain: Domain, record_id: int, members: list[int]) -> None:
    """Link a record, unscored, to the records of the master its source named, and no longer to those named before."""
    resolution.forget_declared_edges(work.session, record_id)
    edges = [
        {
            "left_id": min(record_id, member),
            "right_id": max(record_id, member),
            "weight": DECLARED,
            "outcome": Outcome.MATCH,
            "levels": [],
            "vetoes": [],
        }
        for member in members
        if member != record_id
    ]
    resolution.write_edges(work.session, edges, release=domain.release, now=work.now)


def _edge(left: int, right: int, scored: Scored) -> dict[str, Any] | None:
    if scored.outcome == Outcome.DISTINCT:
        return None
    return {
        "left_id": left,
        "right_id": right,
        "weight": scored.weight,
        "outcome": scored.outcome,
        "levels": scored.levels,
        "vetoes": scored.vetoes,
    }


def _report_unbearable(work: Work, domain: Domain, compared: Mapping[int, Comparable]) -> None:
    found = records.unbearable_keys(work.session, list(compared), unbearable=UNBEARABLE)
    names = {
        key
        for record_id, number in found
        for key in block_keys(domain.match, compared[record_id])
        if records.key_number(domain.name, key) == number
    }
    records.report_hot_keys(work.session, sorted(names), domain=domain.name, records=UNBEARABLE, now=work.now)

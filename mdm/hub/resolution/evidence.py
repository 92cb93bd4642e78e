"""What a steward's decision about two records rested on, and whether it still stands."""

from collections.abc import Mapping
from typing import Any

from mdm.core.domains import Domain
from mdm.core.matching import Comparable, score, strong_identifiers
from mdm.store import records, resolution
from mdm.store.work import Work

MATERIAL = 4.0  # bits of weight: a change below this tells a steward nothing new


def evidence_of(domain: Domain, left: Comparable, right: Comparable) -> dict[str, Any]:
    """Return what a decision about two records rests on: weight, outcome, levels and strong identifiers."""
    scored = score(domain.match, left, right)
    return {
        "weight": scored.weight,
        "outcome": scored.outcome,
        "levels": list(scored.levels),
        "vetoes": list(scored.vetoes),
        "strong": [sorted(strong_identifiers(domain.match, one)) for one in (left, right)],
        "release": domain.release,
    }


def question_decisions(work: Work, domain: Domain, compared: Mapping[int, Comparable]) -> None:
    """Note for every decision about these records what has changed materially since; it stays in force."""
    decided = resolution.constraints_of(work.session, compared)
    if not decided:
        return
    ids = {record for d in decided for record in (d.left_id, d.right_id)}
    known = {**records.comparables(work.session, ids - compared.keys()), **compared}
    rows = []
    for d in decided:
        now = evidence_of(domain, known[d.left_id], known[d.right_id])
        changed = what_changed(d.evidence, now)
        if changed != d.changed:
            rows.append({"left_id": d.left_id, "right_id": d.right_id, "changed": changed})
    resolution.mark_constraints(work.session, rows)


def what_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return both weights and the strong identifiers that came and went, None if nothing material changed."""
    came = [sorted(set(n) - set(b)) for b, n in zip(before["strong"], now["strong"], strict=True)]
    went = [sorted(set(b) - set(n)) for b, n in zip(before["strong"], now["strong"], strict=True)]
    moved = abs(now["weight"] - before["weight"]) >= MATERIAL or now["outcome"] != before["outcome"]
    if not (any(came) or any(went) or moved):
        return None
    return {
        "weight": [before["weight"], now["weight"]],
        "outcome": [before["outcome"], now["outcome"]],
        "levels": [before["levels"], now["levels"]],
        "strong_came": came,
        "strong_went": went,
    }

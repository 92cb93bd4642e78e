"""What was published against what had to be approved."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from mdm.core.domains import Domain, parse
from mdm.hub.approval.guard import changed_units
from mdm.store import audit, releases
from mdm.store.rows import Row
from mdm.store.tables import Master
from mdm.store.work import Work


def check_approvals(work: Work, *, limit: int) -> list[str]:
    """Compare every version with the one before: what needed approval then and differs must have it (I10)."""
    return list(islice(_findings(work), limit))


def _findings(work: Work) -> Iterator[str]:
    rules = _rules(work)
    approved = audit.approved_requests(work.session)
    for page in audit.masters(work.session):
        ids = [master.id for master in page if any(_is_guarded(domain) for domain in rules[master.domain].values())]
        versions, slices = audit.versions(work.session, ids), audit.slices(work.session, ids)
        pins = audit.pins(work.session, ids)
        for master in page:
            own = {pin for made_on, pin in pins if made_on == master.id}
            timelines = slices.get(master.id, [])
            yield from _of_master(rules[master.domain], master, versions.get(master.id, []), timelines, approved, own)


def _rules(work: Work) -> dict[str, dict[int, Domain]]:
    """Return the rules of every release that was ever in force, by domain and number."""
    return {
        name: {
            r.number: parse(r.document) for r in releases.of_domain(work.session, name) if r.switched_on_at is not None
        }
        for name in work.catalog.domains
    }


def _is_guarded(domain: Domain) -> bool:
    return bool(domain.critical or domain.creation)


def _of_master(
    rules: Mapping[int, Domain],
    master: Master,
    versions: Sequence[Row],
    slices: Sequence[Row],
    approved: set[str],
    pins: Collection[str],
) -> Iterator[str]:
    before: list[Row] = []  # the timeline of the last version that was not merged away
    for v in versions:
        if v.status == "merged":
            continue
        domain = rules[v.release]
        after = [s for s in slices if s.from_version <= v.version < (s.until_version or v.version + 1)]
        units = domain.creation if v.version == 1 else domain.critical
        changed = changed_units(domain.policy, units, before, after, now=v.evaluated_at)
        before = after
        open_units = sorted(changed - _allowed(domain, v.approval or {}, after, changed, approved, pins))
        if open_units:
            yield f"{domain.name} {master.id} version {v.version} changes {', '.join(open_units)} without approval"


def _allowed(
    domain: Domain,
    approval: Mapping[str, Any],
    after: Sequence[Row],
    changed: set[str],
    approved: set[str],
    pins: Collection[str],
) -> set[str]:
    """Return the units whose change was waived, approved, or pinned on this very master by an approved request."""
    pinned = {unit for unit in changed if _is_pinned(domain, unit, after, pins)}
    requests = approval.get("requests", [])
    if "waived" in approval or (requests and approved.issuperset(requests)):
        return pinned | set(approval.get("units", ()))
    return pinned


def _is_pinned(domain: Domain, unit: str, timeline: Sequence[Row], pins: Collection[str]) -> bool:
    origins = [s.provenance[n] for s in timeline for n in domain.members_of(unit) if n in s.provenance]
    return bool(origins) and any(origin["record"] in pins for origin in origins if origin["rule"] == "override")

"""What is wrong with records by the rules of quality: listed, and counted for reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.quality import Rule, standing_of
from mdm.core.security import Permission
from mdm.errors import NotFound
from mdm.store.records import findings
from mdm.store.records.findings import Wanted
from mdm.store.rows import Row
from mdm.store.work import Work

__all__ = ["Count", "FindingView", "Wanted", "find", "may_decide", "page", "report", "show", "view"]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A rule that a record breaks, without the values that do; `may_decide`: the actor may accept it."""

    id: int
    domain: str
    source: str
    key: str
    master_id: UUID | None
    rule: str
    title: str
    attributes: Sequence[str]
    dimension: str
    severity: str
    critical: bool
    owner: str
    effect: str
    state: str
    evidence: Mapping[str, Any]
    valid_from: datetime
    valid_to: datetime | None
    since: datetime
    may_decide: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How the records of a source stand to a rule of a domain; `share` is that of the failed among the judged."""

    domain: str
    rule: str
    title: str
    dimension: str
    severity: str
    owner: str
    source: str
    judged: int
    failed: int
    accepted: int
    unjudged: int

    @property
    def share(self) -> float:
        """The part of the judged records that failed."""
        return round(self.failed / self.judged, 6) if self.judged else 0.0


def page(
    work: Work, wanted: Wanted, *, domain: str | None = None, after: int | None = None, limit: int = 100
) -> list[FindingView]:
    """Return findings of the domains the actor reads, the newest first, below the id `after`."""
    work.actor.require(Permission.READ)
    if domain is not None:
        work.actor.require(Permission.READ, domain=work.catalog.domain(domain).name)
    scope = work.actor.scope(Permission.READ) if domain is None else [domain]
    found = findings.page(work.session, replace(wanted, scope=scope), after=after, limit=limit)
    return [view(work, row) for row in found]


def show(work: Work, finding_id: int) -> FindingView:
    """Return one finding of a domain the actor reads; raises NotFound."""
    return view(work, find(work, finding_id))


def find(work: Work, finding_id: int) -> Row:
    """Return the row of a finding of a domain the actor reads; raises NotFound."""
    work.actor.require(Permission.READ)
    row = findings.get(work.session, finding_id)
    if row is None or not work.actor.may(Permission.READ, domain=row.domain):
        raise NotFound(f"There is no finding {finding_id}.", hint="One goes when its value changes or fits its rule.")
    return row


def view(work: Work, row: Row) -> FindingView:
    """Return a finding as the actor sees it."""
    domain = work.catalog.domain(row.domain)
    rule = domain.quality.by_name.get(row.rule)
    return FindingView(
        id=row.id,
        domain=row.domain,
        source=row.source,
        key=row.source_key,
        master_id=row.master_id,
        rule=row.rule,
        title=_title(rule, row.rule),
        attributes=row.attributes,
        dimension=row.dimension,
        severity=row.severity,
        critical=any(domain.unit_of(name) in domain.critical for name in row.attributes),
        owner=row.owner,
        effect=row.effect,
        state=row.state,
        evidence=row.evidence,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        since=row.since,
        may_decide=rule is not None and may_decide(work, row),
    )


def may_decide(work: Work, row: Row) -> bool:
    """Tell whether the actor may accept a finding: a steward of the domain, or who owns the rule."""
    return work.actor.may(Permission.STEWARD, domain=row.domain) or work.actor.holds(row.owner, domain=row.domain)


def report(work: Work, domain_name: str) -> list[Count]:
    """Count how the records of each source stand to each rule of a domain.

    Judged are the living records that say something about every attribute of the rule; by a rule that requires one,
    all of them.
    """
    work.actor.require(Permission.READ, domain=work.catalog.domain(domain_name).name)
    domain = work.catalog.domain(domain_name)
    needs = [{"rule": rule.name, "needs": _needs(rule)} for rule in domain.quality]
    return [_count(domain, row) for row in findings.report(work.session, domain.name, needs, now=work.now)]


def _needs(rule: Rule) -> list[str]:
    if rule.kind == "required":
        return []
    return sorted(rule.reads if rule.check is not None else rule.attributes[:1])


def _count(domain: Domain, row: Row) -> Count:
    rule = domain.quality.by_name[row.rule]
    return Count(
        domain=domain.name,
        rule=rule.name,
        title=rule.title,
        dimension=rule.dimension,
        severity=rule.severity,
        owner=rule.owner,
        source=row.source,
        judged=row.judged,
        failed=row.failed,
        accepted=row.accepted,
        unjudged=row.unjudged,
    )


def _title(rule: Rule | None, code: str) -> str:
    return standing_of(code).title if rule is None else rule.title

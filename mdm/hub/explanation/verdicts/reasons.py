"""The verdicts on single attributes and coupled groups: who wins, by which rule, and why each other claim loses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from mdm.hub.approval import Held
from mdm.hub.approval.guard import Case
from mdm.hub.explanation.verdicts.knowledge import Knowledge
from mdm.hub.explanation.verdicts.views import Kept, Pinned, Reasoned, Trusted, Voice
from mdm.store.rows import Row
from survivorship import Change, Claim, Hold, Kind, Override, OverrideEnds, Verdict, intervals


@dataclass(frozen=True, slots=True)
class Bench:
    """What verdicts on one master rest on."""

    knowledge: Knowledge
    case: Case
    held: Sequence[Held]

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Bench":
        """Return the bench for what was kept back then."""
        return cls(knowledge, knowledge.case(), knowledge.held)

    def units(self) -> list[str]:
        """Return the attributes and groups about which anything is said, in the order of the declaration."""
        rules = self.knowledge.rules
        said = {rules.unit_of(claim.attribute) for claim in self.case.claims}
        said |= {override.attribute for override in self.case.overrides} | {held.attribute for held in self.held}
        declared = dict.fromkeys(rules.unit_of(name) for name in rules.attributes)
        return [unit for unit in declared if unit in said]

    def values(self, instant: datetime) -> dict[str, Any]:
        """Return all attributes that come out at an instant."""
        stretch = intervals.first_at(self.case.rebuilt(self.held).slices, instant)
        return {} if stretch is None else stretch.attributes

    def reasoned(self, unit: str, instant: datetime) -> Reasoned:
        """Return why a unit has its value at an instant."""
        verdict = self.case.verdict(unit, instant, self.held)
        changes = self.case.counterfactuals(unit, instant, self.held) if verdict.losers else {}
        return Reasoned(
            unit=unit,
            attributes=list(self.knowledge.rules.members_of(unit)),
            value=verdict.value,
            rule=verdict.rule,
            winner=None if verdict.winner is None else self._voice(unit, verdict.winner),
            supporters=[self._voice(unit, claim) for claim in verdict.supporters],
            losers=[
                replace(
                    self._voice(unit, loser.claim),
                    reason=loser.reason.value,
                    would_win=_sentence(changes[loser.claim.record]),
                )
                for loser in verdict.losers
            ],
            pinned=_pinned(self.knowledge.overrides, verdict),
            held=self._kept(verdict, instant),
            leader=verdict.leader,
            silent=list(verdict.silent),
            due_at=verdict.due_at,
        )

    def _voice(self, unit: str, claim: Claim) -> Voice:
        return Voice(
            record=claim.record,
            value=claim.value,
            asserted_at=claim.asserted_at,
            valid_from=claim.valid_from,
            valid_to=claim.valid_to,
            findings=list(claim.findings),
            severities=_severities(self.case.policy.downgrades.severity_of, claim),
            trust=self._trusted(unit, claim),
        )

    def _trusted(self, unit: str, claim: Claim) -> Trusted | None:
        """Return how far a claim is believed, None where that decides nothing."""
        beliefs = self.case.policy.ruling(unit).beliefs
        if beliefs is None or claim.kind is not Kind.SUPPLIED:
            return None
        day = self.case.evaluated_at.astimezone(UTC).toordinal()
        return Trusted(
            rated=beliefs.rating(claim).trust,
            age_days=max(day - claim.asserted_at.toordinal(), 0),
            faded=beliefs.on(replace(claim, findings=()), day),
            counted=beliefs.on(claim, day),
        )

    def _kept(self, verdict: Verdict, instant: datetime) -> Kept | None:
        """Return what a hold keeps back: what would win without it."""
        if not isinstance(verdict.decided_by, Hold):
            return None
        held = next(h for h in self.held if h.as_hold() == verdict.decided_by)
        others = [h for h in self.held if h is not held]
        return Kept(self.case.verdict(verdict.attribute, instant, others).value, held.state, held.request_id)


def _severities(severity_of: Mapping[str, str], claim: Claim) -> dict[str, str]:
    return {finding: severity_of[finding] for finding in claim.findings if finding in severity_of}


def _sentence(change: Change | None) -> str | None:
    if change is None:
        return None
    return "the pinned value is released" if isinstance(change, OverrideEnds) else str(change)


def _pinned(overrides: Sequence[Row], verdict: Verdict) -> Pinned | None:
    if not isinstance(verdict.decided_by, Override):
        return None
    row = next(row for row in overrides if str(row.id) == verdict.decided_by.id)
    return Pinned(
        by=row.made_by,
        at=row.made_at,
        reason=row.reason,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        expires_at=row.expires_at,
        until_agreed_by=row.agreement,
        review_at=row.review_at,
    )

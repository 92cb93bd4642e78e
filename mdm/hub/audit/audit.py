"""All invariants in one report."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from mdm.core.security import Permission
from mdm.hub import sealing
from mdm.hub.announce import SUBJECT
from mdm.hub.audit.approvals import check_approvals
from mdm.hub.audit.rebuilding import check_rebuilds
from mdm.hub.audit.stream import StreamSurvey, check_heads
from mdm.hub.sealing import ChainReport
from mdm.store import audit as queries
from mdm.store.work import Work

MOST = 20  # findings reported per invariant


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold, with up to MOST examples."""

    invariant: str
    findings: list[str]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was checked and what is broken; `unchecked` names invariants that could not be looked at, and why."""

    checked: list[str]
    broken: list[Broken] = field(default_factory=list)
    unchecked: dict[str, str] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Tell whether everything that was checked holds."""
        return not self.broken


STATEMENTS = {
    "I1 every accepted delivery is pending or has ended": "i1_deliveries",
    "I2 every source record links to exactly one living master": "i2_links",
    "I5 versions are 1..n and slices never overlap": "i5_versions",
    "I7 the newest version is in the stream or the outbox": "i7_published",
    "I8 every merged id resolves to one living survivor": "i8_merges",
    "I9 constraints of stewards hold": "i9_constraints",
    "I10 nobody approved a change of their own": "i10_own_approvals",
    "I12 no match between two masters is left unasked": "i12_matches",
    "I13 every reference leads to a living master or waits to be followed again": "i13_references",
    "I14 what a restore concerns has been announced anew": "i14_restores",
    "I15 every dead letter is open or settled by something that is there": "i15_dead_letters",
    "I16 every large event has the body it refers to": "i16_bodies",
}
REBUILDS = "I3/I4 every golden value is what rebuilding from the claims it names gives"
APPROVALS = "I10 nothing critical was published without the approval its policy asks for"
CHAIN = "I11 what people did stands in the log as it was sealed"
STREAM = "I6 the stream's versions increase and end with the head's"


def audit(work: Work, *, survey: StreamSurvey | str, trusted: Collection[str] | None = None) -> AuditReport:
    """Check every invariant on one snapshot of the database.

    `survey` is what the stream holds, or why nobody knows; `trusted` are the keys that may have sealed the log of
    actions (None: whichever did).
    """
    work.actor.require(Permission.OPERATE)
    queries.freeze(work.session)
    report = AuditReport([*STATEMENTS, REBUILDS, APPROVALS, CHAIN])
    for invariant, findings in _found(work, trusted):
        if findings:
            report.broken.append(Broken(invariant, findings))
    if isinstance(survey, str):
        report.unchecked[STREAM] = survey
    else:
        report.checked.append(STREAM)
        if findings := check_heads(work, survey)[:MOST]:
            report.broken.append(Broken(STREAM, findings))
    return report


def _found(work: Work, trusted: Collection[str] | None) -> Iterator[tuple[str, list[str]]]:
    for invariant, name in STATEMENTS.items():
        yield invariant, queries.findings(work.session, name, limit=MOST, **_parameters(work, name))
    yield REBUILDS, check_rebuilds(work, limit=MOST)
    yield APPROVALS, check_approvals(work, limit=MOST)
    yield CHAIN, list(islice(sealing.findings(work, ChainReport(), trusted=trusted), MOST))


def _parameters(work: Work, name: str) -> dict[str, Any]:
    given: dict[str, dict[str, Any]] = {"i7_published": {"prefix": SUBJECT}, "i13_references": {"now": work.now}}
    return given.get(name, {})

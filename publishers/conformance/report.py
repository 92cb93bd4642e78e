"""What a trial has found, in plain words."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """How one rule was kept; `what` says what was seen instead, or why it was not tried."""

    rule: str
    sentence: str
    state: Literal["kept", "broken", "not tried"]
    what: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The findings in the order of the trial."""

    findings: tuple[Finding, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        """Return the names of the rules that are broken."""
        return tuple(finding.rule for finding in self.findings if finding.state == "broken")

    def __str__(self) -> str:
        lines = []
        for finding in self.findings:
            lines.append(f"{finding.state.upper():<10} {finding.rule}: {finding.sentence}")
            lines += [f"{'':<10}   - {line}" for line in finding.what]
        kept = sum(finding.state == "kept" for finding in self.findings)
        return "\n".join([*lines, f"{kept} rules kept, {len(self.broken)} broken."])

"""Heads against what the stream holds."""

from dataclasses import dataclass, field
from uuid import UUID

from mdm.hub.announce import SUBJECT
from mdm.store import audit
from mdm.store.work import Work
from publishers import head


@dataclass(slots=True)
class StreamSurvey:
    """What a stream holds: the last version of every subject, and subjects whose versions do not increase."""

    last: dict[str, tuple[int, UUID, int]] = field(default_factory=dict)  # subject → version, event id, sequence
    disorders: list[str] = field(default_factory=list)
    messages: int = 0

    def note(self, subject: str, version: int, event_id: UUID, sequence: int) -> None:
        """Take the next message of the stream into account."""
        self.messages += 1
        before = self.last.get(subject)
        if before is not None and version <= before[0]:
            self.disorders.append(f"{subject}: version {version} (#{sequence}) comes after {before[0]} (#{before[2]})")
        self.last[subject] = (version, event_id, sequence)


def check_heads(work: Work, survey: StreamSurvey) -> list[str]:
    """Compare every head with the last message of its subject.

    The survey is older than the heads: what was published since, or is published but not yet marked, is left out.
    """
    findings = list(survey.disorders)
    end = max((sequence for _, _, sequence in survey.last.values()), default=0)
    on_the_way = audit.unpublished_subjects(work.session)
    known = set()
    for mark in head.walk(work.connection, f"{SUBJECT}."):
        known.add(mark.subject)
        version, event_id, sequence = survey.last.get(mark.subject, (0, None, 0))
        same = (version, event_id, sequence) == (mark.version, mark.event_id, mark.stream_sequence)
        published_since = bool(survey.last) and mark.stream_sequence > end
        if not (same or published_since or (version > mark.version and mark.subject in on_the_way)):
            findings.append(
                f"{mark.subject}: the head is version {mark.version} (#{mark.stream_sequence}), "
                f"the stream ends with {version} (#{sequence})"
            )
    strange = survey.last.keys() - known - on_the_way
    return findings + [f"{subject}: in the stream, but no head knows it" for subject in sorted(strange)]

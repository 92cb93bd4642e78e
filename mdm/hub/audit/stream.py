"""Heads against what the stream holds."""

from dataclasses import dataclass, field
from datetime import datetime

from mdm.hub.announce import SUBJECT
from mdm.store import audit
from mdm.store.work import Work
from publishers import Stored, head


@dataclass(slots=True)
class StreamSurvey:
    """What a stream holds: the last version of every subject, and subjects whose versions do not increase.

    `begun_at` is of the database's clock: what was published by then is in the stream, or is lost.
    """

    begun_at: datetime | None = None
    last: dict[str, tuple[int, str, int]] = field(default_factory=dict)  # subject → version, event id, sequence
    disorders: list[str] = field(default_factory=list)
    messages: int = 0

    def note(self, stored: Stored) -> None:
        """Take the next message of the stream into account; a repair may have stored the same event again."""
        self.messages += 1
        before = self.last.get(stored.subject)
        again = stored.stored_again and before is not None and before[:2] == (stored.version, stored.event_id)
        if not (stored.version and stored.event_id):
            self.disorders.append(f"{stored.subject}: message #{stored.sequence} is no event")
        elif before is not None and stored.version <= before[0] and not again:
            said = f"version {stored.version} (#{stored.sequence}) comes after {before[0]} (#{before[2]})"
            self.disorders.append(f"{stored.subject}: {said}")
        self.last[stored.subject] = (stored.version, stored.event_id, stored.sequence)


def begin_survey(work: Work) -> StreamSurvey:
    """Begin to survey the stream: before its first message is read."""
    return StreamSurvey(begun_at=audit.database_time(work.session))


def check_heads(work: Work, survey: StreamSurvey) -> list[str]:
    """Compare every head with the last message of its subject.

    The survey is older than the heads: what was published since, or is published but not yet marked, is left out.
    """
    findings = list(survey.disorders)
    on_the_way = audit.unpublished_subjects(work.session)
    known = set()
    for mark in head.walk(work.connection, f"{SUBJECT}."):
        known.add(mark.subject)
        version, event_id, sequence = survey.last.get(mark.subject, (0, "", 0))
        same = (version, event_id, sequence) == (mark.version, str(mark.event_id), mark.stream_sequence)
        published_since = survey.begun_at is not None and mark.published_at >= survey.begun_at
        if not (same or published_since or (version > mark.version and mark.subject in on_the_way)):
            findings.append(
                f"{mark.subject}: the head is version {mark.version} (#{mark.stream_sequence}), "
                f"the stream ends with {version} (#{sequence})"
            )
    strange = survey.last.keys() - known - on_the_way
    return findings + [f"{subject}: in the stream, but no head knows it" for subject in sorted(strange)]

"""At which valid and recorded time golden records are looked at."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Times:
    """At which valid and recorded time to look; None: now, and all that is known."""

    valid_at: datetime | None = None
    known_at: datetime | None = None

    def instant(self, now: datetime) -> datetime:
        """Return the valid time meant: with a recorded time alone, the same."""
        return self.valid_at or self.known_at or now


NOW = Times()

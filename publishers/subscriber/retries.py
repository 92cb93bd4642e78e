"""How often events have failed, and when each is tried again."""

from collections.abc import Sequence

from publishers.event import Event


class Retries:
    """Counts attempts by subject and version: stream sequences begin again when a stream is rebuilt."""

    def __init__(self, delays: Sequence[float]) -> None:
        """Wait so many seconds after each failure; after one more the event is given up."""
        self._delays = tuple(delays)
        self._attempts: dict[str, dict[int, int]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._attempts.values()))

    def after_failure(self, event: Event) -> float | None:
        """Count a failure and return the seconds to wait, None for an event to give up."""
        attempts = self._attempts.setdefault(event.subject, {})
        count = attempts[event.version] = attempts.get(event.version, 0) + 1
        if count <= len(self._delays):
            return self._delays[count - 1]
        self.forget(event)
        return None

    def forget(self, event: Event) -> None:
        """Forget failures of this version and of those before, which it replaces."""
        if attempts := self._attempts.pop(event.subject, None):
            later = {version: count for version, count in attempts.items() if version > event.version}
            if later:
                self._attempts[event.subject] = later

"""How fast a relay works, how soon a standby takes over, and where tests may stop it."""

from collections.abc import Callable
from dataclasses import dataclass

Faults = Callable[[str], None]
FAULT_POINTS = (
    "lease_taken",
    "after_read",
    "before_publish",
    "window_full",
    "in_conflict",
    "after_publish",
    "before_mark",
    "after_mark",
    "before_renew",
    "before_release",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """All times in seconds."""

    window: int = 128  # events in flight, each of another subject
    poll_least: float = 0.025
    poll_most: float = 0.2
    linger: float = 0.02  # acknowledgements of so long are marked together
    lease: float = 9.0  # a relay that died is replaced after this
    standby: float = 1.0  # how often a standby asks for the lease, and any relay reports what it does
    refusal: float = 1.0  # first pause of a refused subject; doubles up to refusal_most
    refusal_most: float = 60.0
    halted: float = 15.0  # how often a halted relay looks whether stream and database agree again
    patience: float = 30.0  # without an answer, after which the connection to the database is taken to be dead
    farewell: float = 8.0  # a stopping relay waits so long for what is in flight


def no_faults(_point: str) -> None:
    """Let every named point pass."""

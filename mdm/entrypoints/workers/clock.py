"""The clock: does in turns what becomes due by time alone, until told to stop."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from mdm.errors import Moved, Unavailable
from mdm.hub import Hub, redo, releases, sealing
from mdm.hub.golden import due
from mdm.hub.publishing import tracing
from mdm.settings import Settings

PAUSE = 1.0  # seconds between rounds in which nothing was due
FIRST_REST, LONGEST_REST = 1.0, 60.0  # seconds a duty rests after it failed, longer every time

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Duty:
    """Something to do on time; `turn` does some of what is due, in Works of its own, and tells how much that was.

    Any number of clocks may take the same duty's turn at once.
    """

    name: str
    turn: Callable[[Hub], int]
    rest: float = field(default=FIRST_REST, init=False)
    rests_until: float = field(default=0.0, init=False)


def duties(settings: Settings) -> tuple[Duty, ...]:
    """Return everything the hub does by time."""

    fading = due.Fading()

    def seal(hub: Hub) -> int:
        signer = sealing.signer_of(settings.audit_key_file, make=settings.audit_key is None)
        return sealing.seal_due(hub.begin, signer=signer, trusted=sealing.trusted_keys(settings.audit_trusted))

    return (
        Duty("boundaries", lambda hub: due.advance(hub.begin)),
        Duty("fading", lambda hub: fading.advance(hub.begin)),
        Duty("redo", lambda hub: redo.process_due(hub.begin)),
        Duty("seal", seal),
        Duty("releases", lambda hub: releases.switch_on_due(hub.begin)),
        Duty("propagation", lambda hub: tracing.measure_due(hub.begin)),
    )


def keep_time(hub: Hub, stop: threading.Event, *, taking: Sequence[Duty]) -> None:
    """Take turns at every duty; one that fails rests a while, and the others go on."""
    while not stop.is_set():
        done = [_take_turn(hub, duty) for duty in taking if not stop.is_set()]
        if not any(done):
            stop.wait(PAUSE)


def _take_turn(hub: Hub, duty: Duty) -> int:
    if time.monotonic() < duty.rests_until:
        return 0
    try:
        done = duty.turn(hub)
    except (Unavailable, Moved) as error:
        log.warning("duty_postponed", duty=duty.name, seconds=duty.rest, reason=str(error))
    except Exception:
        log.exception("duty_failed", duty=duty.name, seconds=duty.rest)
    else:
        duty.rest = FIRST_REST
        return done
    duty.rests_until, duty.rest = time.monotonic() + duty.rest, min(duty.rest * 2, LONGEST_REST)
    return 0

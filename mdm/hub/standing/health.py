"""Whether the hub can do its work, and which part cannot and why."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from mdm.errors import Unavailable
from mdm.store import condition
from mdm.store.ingest import deliveries, loads, source_holds
from mdm.store.work import Work
from publishers import outbox, roster
from publishers.relay import State

OLDEST_POSTGRES = 15
PATIENCE = 60  # seconds events may wait without a relay
REPAIR = "`mdm repair` brings the stream in order; after PostgreSQL was restored, `mdm repair --restored`."


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the hub; `reason` says why it is not ready, `detail` what one may want to know of it."""

    name: str
    reason: str | None = None
    detail: str | None = None

    @property
    def ready(self) -> bool:
        """Tell whether nothing is wrong with it."""
        return self.reason is None


def examine(begin: Callable[[], AbstractContextManager[Work]], *, revision: str | None) -> tuple[Part, ...]:
    """Examine PostgreSQL, its schema (None: whatever it is) and the rules in force; never raises Unavailable."""
    try:
        with begin() as work:
            found = (_postgres(work), _migrations(work, revision))
            if not all(part.ready for part in found):
                return found
            return (*found, _releases(work), publishing(work), _loads(work), _intake(work))
    except Unavailable as error:
        unknown = "PostgreSQL is needed to tell."
        rest = (Part(name, unknown) for name in ("migrations", "releases", "relay", "loads", "intake"))
        return (Part("postgres", error.message), *rest)


def publishing(work: Work) -> Part:
    """Say since when who publishes, and what keeps events from being published."""
    relays = roster.alive(work.connection)
    leader = next((report for report in relays if report.since is not None), None)
    if leader is None:
        waiting, seconds = outbox.backlog(work.connection)
        late = f"{waiting:,} events wait, the oldest for {seconds:.0f} s, and no relay publishes: `mdm worker relay`."
        return Part("relay", late if seconds > PATIENCE else None, f"{len(relays)} run, none publishes.")
    if leader.state == State.HALTED:
        return Part("relay", f"Publishing is halted: {leader.last_error} {REPAIR}")
    detail = f"One publishes since {leader.since:%Y-%m-%d %H:%M:%S %Z}, {len(relays) - 1} stand by."
    if leader.blocked or leader.state == State.WAITING:
        detail += f" It is {leader.state}, NATS refuses {leader.blocked} subjects; last error: {leader.last_error}"
    return Part("relay", None, detail)


def _loads(work: Work) -> Part:
    """Say what waits for events to be published, or for somebody to decide; everything else goes on, so it is ready."""
    pause, held = loads.paused(work.session), loads.count_held(work.session)
    said = [f"Loads wait since {pause.since:%Y-%m-%d %H:%M:%S %Z} until events are published."] if pause else []
    said += [f"{held} loads are held until someone decides."] if held else []
    said += [f"Messages of {h.source} about {h.domain} are held." for h in source_holds.standing(work.session)]
    return Part("loads", None, " ".join(said) or None)


def _intake(work: Work) -> Part:
    """Say how much waits in the queues of deliveries; without them there is still HTTP, so the hub is ready."""
    seen = [f"{q.name} {q.waiting:,}, seen {q.seen_at:%Y-%m-%d %H:%M:%S %Z}" for q in deliveries.queues(work.session)]
    return Part("intake", None, f"Deliveries that wait in NATS: {'; '.join(seen)}." if seen else None)


def _postgres(work: Work) -> Part:
    major = condition.server_version(work.session) // 10_000
    if major < OLDEST_POSTGRES:
        return Part("postgres", f"PostgreSQL is version {major}; the hub needs {OLDEST_POSTGRES} or newer.")
    return Part("postgres")


def _migrations(work: Work, expected: str | None) -> Part:
    found = condition.revision(work.session)
    if expected is not None and found != expected:
        return Part("migrations", f"The schema is at {found or 'nothing'}, this hub needs {expected}: `mdm migrate`.")
    return Part("migrations")


def _releases(work: Work) -> Part:
    if not work.catalog.domains:
        return Part("releases", "No release of any domain is in force: `mdm migrate` switches on the first ones.")
    return Part("releases")

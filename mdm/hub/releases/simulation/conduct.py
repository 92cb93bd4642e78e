"""A simulation from beginning to end: taken, worked off in portions, and kept with its figures or why it failed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeAlias
from uuid import UUID

import structlog

from mdm.errors import MdmError, NotFound, Unavailable
from mdm.hub.releases.simulation.bench import Brief
from mdm.hub.releases.simulation.crew import Broken, Crew, OpenHub, Task, alone, together
from mdm.hub.releases.simulation.figures import figures_of
from mdm.hub.releases.simulation.new_pairs import Drawn, Estimate, pairs_under
from mdm.hub.releases.simulation.portion import Range
from mdm.hub.releases.simulation.rules import Rules
from mdm.hub.releases.simulation.tally import Tally
from mdm.hub.releases.simulation.view import CANCELLED, DIED, DONE, FAILED, PATIENCE, RUNNING
from mdm.store import releases
from mdm.store.releases import simulation
from mdm.store.work import Work

Begin: TypeAlias = Callable[[], AbstractContextManager[Work]]

PORTION = 250  # masters looked at in one go
PAIRS = 2_000  # pairs of records that are compared in one go
SAMPLE = 20_000  # records of whose keys about so many are looked under for new pairs
SECONDS = 2.0  # between notes of how far it has come

log = structlog.get_logger(__name__)


class Ended(Exception):
    """Somebody has cancelled the simulation, or nobody believed that it still ran."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a simulation may use: processes, each with a hub of its own, and so many records to look for new pairs."""

    open_hub: OpenHub
    processes: int = 2
    sample: int = SAMPLE


def take(begin: Begin, wanted: UUID | None = None) -> UUID | None:
    """Take the oldest simulation that waits, or the one that is wanted; those that died are given up first.

    None: none waits, or somebody else has taken it.
    """
    with begin() as work:
        simulation.give_up(work.session, since=work.now - PATIENCE, now=work.now, outcome=DIED)
        return simulation.take(work.session, wanted=wanted, now=work.now)


def simulate(begin: Begin, simulation_id: UUID, means: Means, *, stopped: Callable[[], bool] = lambda: False) -> None:
    """Run a simulation that was taken, and keep what it shows; changes nothing else.

    Every error but Unavailable is kept as its outcome. Ends early when it is cancelled or `stopped`.
    """
    try:
        run = _Run(begin, _brief(begin, simulation_id), means, stopped)
        figures, samples = run.run()
    except Ended:
        _finish(begin, simulation_id, state=CANCELLED, outcome="The hub was stopped.")
    except Unavailable:
        raise
    except KeyboardInterrupt:
        _finish(begin, simulation_id, state=CANCELLED, outcome="It was interrupted.")
        raise
    except (MdmError, Broken) as error:
        _finish(begin, simulation_id, state=FAILED, outcome=str(error))
    except Exception as error:
        log.exception("simulation_failed", simulation=str(simulation_id))
        _finish(begin, simulation_id, state=FAILED, outcome=f"{type(error).__name__}: {error}")
    else:
        _finish(begin, simulation_id, state=DONE, figures=figures, samples=samples)


def _brief(begin: Begin, simulation_id: UUID) -> Brief:
    with begin() as work:
        asked = simulation.get(work.session, simulation_id)
        if asked is None:
            raise NotFound(f"There is no simulation {simulation_id}.")
        before, after = (releases.get(work.session, asked.domain, n) for n in (asked.against, asked.number))
        if before is None or after is None:
            raise NotFound(f"A release of {asked.domain} is gone.")
        return Brief(asked.id, (before.number, after.number), (before.document, after.document), work.now)


def _finish(begin: Begin, simulation_id: UUID, *, state: str, **results: Any) -> None:
    with begin() as work:
        found = simulation.get(work.session, simulation_id, lock=True)
        if found is None or found.state != RUNNING:
            return
        found.state, found.ended_at = state, work.now
        for name, value in results.items():
            setattr(found, name, value)


@dataclass(slots=True)
class _Run:
    """A simulation at work, and how far it has come."""

    begin: Begin
    brief: Brief
    means: Means
    stopped: Callable[[], bool]
    rules: Rules = field(init=False)
    done: int = 0
    total: int = 0
    noted: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        """Compile the rules."""
        self.rules = self.brief.rules()

    def run(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return figures and examples; raises Ended."""
        tally, pairs = Tally(), None
        with self._manned() as (crew, spans):
            self.total = len(spans) * (2 if self.rules.searched else 1)
            if self.rules.searched:
                pairs = self._search(crew, spans)
                crew.tell(("learn", [d.pair for d in pairs.drawn] if pairs.one_in == 1 else []))
            for portion in self._results(crew, [("portion", span) for span in spans]):
                tally.add(portion)
        return figures_of(self.rules, tally, pairs), list(tally.shown())

    @contextmanager
    def _manned(self) -> Iterator[tuple[Crew, Sequence[Range]]]:
        """Look at the database as it is now, with as many as are worth their while."""
        with self.begin() as work:
            snapshot = simulation.export_snapshot(work.session)
            begins = simulation.ranges(work.session, self.rules.after.name, size=PORTION)
            spans: list[Range] = list(zip(begins, [*begins, None][1:], strict=True))
            if len(spans) <= 1:
                with alone(work, self.brief) as crew:
                    yield crew, spans
                return
            with together(self.brief, snapshot, open_hub=self.means.open_hub, processes=self.means.processes) as manned:
                yield manned, spans

    def _search(self, crew: Crew, spans: Sequence[Range]) -> Estimate:
        """Look for new pairs under some of the keys that records would have, under all if they are few."""
        records = len(spans) * PORTION * 2
        one_in = max(1, round(records / self.means.sample))
        keyed = [pair for found in self._results(crew, [("keys", s, one_in) for s in spans]) for pair in found]
        pairs, hot = pairs_under(keyed)
        portions = [pairs[at : at + PAIRS] for at in range(0, len(pairs), PAIRS)]
        self.total += len(portions)
        tasks: list[Task] = [("pairs", portion, hot.intersection(portion), one_in) for portion in portions]
        drawn: list[Drawn] = [one for found in self._results(crew, tasks) for one in found]
        return Estimate(one_in, sorted(drawn))

    def _results(self, crew: Crew, tasks: Sequence[Task]) -> Iterator[Any]:
        for result in crew.results(tasks):
            if result is not None:
                self.done += 1
                yield result
            if monotonic() - self.noted > SECONDS:
                self._note()

    def _note(self) -> None:
        """Note how far it has come; raises Ended if nobody wants to know any more."""
        self.noted = monotonic()
        with self.begin() as work:
            goes_on = simulation.advance(work.session, self.brief.id, now=work.now, done=self.done, total=self.total)
        if not goes_on or self.stopped():
            raise Ended

"""Anything at random, and afterwards an explanation of every version there ever was."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mdm.core.security import SYSTEM
from mdm.hub.explanation.verdicts import verdicts
from mdm.store import golden
from tests.support.rules_machine import RulesMachine

EVER = (
    "SELECT master_id, version, recorded_at, until FROM ("
    " SELECT *, lead(recorded_at) OVER (PARTITION BY master_id ORDER BY version) AS until FROM golden_version"
    ") AS ever WHERE merged_into IS NULL ORDER BY master_id, version"
)


class ExplainedMachine(RulesMachine):
    """Everything that may happen, rules that change too, without an audit in between; at the end all is explained."""

    def everything_holds(self) -> None:  # no invariant here: it is proved elsewhere
        """Prove nothing while it happens."""

    def teardown(self) -> None:
        """Explain every version at all of its valid time, when it was recorded and for as long as it was the newest."""
        try:
            self.hub.process()
            for master, version, recorded_at, until in self.hub.rows(EVER):
                between = recorded_at + ((until or self.clock.now) - recorded_at) / 2
                for known_at in (recorded_at, between, *([] if until is not None else [None])):
                    self._explain(master, version, known_at)
        finally:
            super().teardown()

    def _explain(self, master: UUID, version: int, known_at: datetime | None) -> None:
        with self.hub.hub.begin_as(SYSTEM) as work:
            stretches = golden.slices_at(work.session, master, version)
            for instant in _instants(stretches, self.clock.now):
                found = verdicts(work, "supplier", master, valid_at=instant, known_at=known_at)
                assert found.version == version
                assert found.reproduced, (master, version, known_at, instant, found.differs)


def _instants(stretches: Any, now: datetime) -> Iterator[datetime]:
    bounds = {bound for s in stretches for bound in (s.valid_from, s.valid_to) if bound is not None}
    for bound in sorted({*bounds, now}):
        yield from (bound - timedelta(microseconds=1), bound)

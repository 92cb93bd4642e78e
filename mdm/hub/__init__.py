"""The use cases, plain functions that take a Work."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from mdm.core.domains import Catalog
from mdm.core.security import SYSTEM, Actor
from mdm.sources import Registry
from mdm.store.work import Work

__all__ = ["Hub", "Work"]


@dataclass(frozen=True, slots=True)
class Hub:
    """An opened hub: how the rim gets a Work, and what it may need to know before it has one."""

    begin_as: Callable[[Actor], AbstractContextManager[Work]]
    registry: Registry

    @property
    def catalog(self) -> Catalog:
        """The domains by the releases in force now; a Work has its own, which do not change while it lasts."""
        with self.begin() as work:
            return work.catalog

    def begin(self) -> AbstractContextManager[Work]:
        """Begin a Work of the hub itself."""
        return self.begin_as(SYSTEM)

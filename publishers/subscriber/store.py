"""Where a subscriber keeps its position: the port that every store fills."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

Connection = TypeVar("Connection")
Connection_co = TypeVar("Connection_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Which consumer fed the store, and how many of its deliveries the store has seen."""

    consumer: str
    delivered: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """An event that is not applied and not tried again; version 0: a message that was no event."""

    subject: str
    version: int
    error: str
    at: datetime


class HandlerFailed(Exception):
    """The handler raised, or what it wrote cannot be committed; its cause says what."""


class Transaction(Protocol[Connection_co]):
    """What is committed together: the handler's work on `connection` and the position."""

    @property
    def connection(self) -> Connection_co:
        """Return what the handler works with."""
        ...

    def versions(self, subjects: Collection[str]) -> dict[str, int]:
        """Return the version applied last of each of these subjects; those without one are left out."""
        ...

    def advance(self, versions: Mapping[str, int]) -> None:
        """Note the versions just applied, and forget what was given up of these subjects up to them."""
        ...

    def checkpoint(self) -> Checkpoint | None:
        """Return the last checkpoint, None for a new store."""
        ...

    def save(self, checkpoint: Checkpoint) -> None:
        """Note the checkpoint."""
        ...

    def give_up(self, events: Sequence[GivenUp]) -> None:
        """Note what is given up, in place of what was given up of the same subject at the same version or before."""
        ...

    def given_up(self) -> list[GivenUp]:
        """Return what is given up, in order of subject."""
        ...


class Store(Protocol[Connection_co]):
    """A place that commits the handler's work and the position together. Errors of its own are StoreFailed."""

    def transaction(self) -> AbstractContextManager[Transaction[Connection_co]]:
        """Commit when the block ends, roll back when it raises; HandlerFailed if the block's work is to blame."""
        ...

    def is_outage(self, error: Exception) -> bool:
        """Tell whether what a handler raised is the store's fault, so that trying again later may help any event."""
        ...


def checkpoint_of(store: Store[Connection]) -> Checkpoint | None:
    """Return the last checkpoint of a store."""
    with store.transaction() as transaction:
        return transaction.checkpoint()


def given_up_in(store: Store[Connection]) -> list[GivenUp]:
    """Return what a store has given up, in order of subject."""
    with store.transaction() as transaction:
        return transaction.given_up()

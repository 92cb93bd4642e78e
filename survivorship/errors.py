"""Everything that can go wrong in survivorship, with a stable code and HTTP status.

SurvivorshipError               500
├── PolicyError                 422  a policy that contradicts itself or is not one
├── InvalidClaims               500  claims that no fold of facts can have produced
└── CoupledAttribute            422  an override or hold that would tear a coupled group apart
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self


class SurvivorshipError(Exception):
    """No golden record can be made of this."""

    code = "survivorship_error"
    status = 500

    def __init__(self, message: str | None = None) -> None:
        """Take what was wrong, where, and what to do; the default is the docstring of the class."""
        super().__init__(message or type(self).__doc__)


class PolicyError(SurvivorshipError):
    """The policy is not valid."""

    code = "invalid_policy"
    status = 422

    def __init__(self, path: str, reason: str, *, others: tuple[Self, ...] = ()) -> None:
        """Keep the path into the policy document (`attributes.name.rule`), the reason, and further faults apart."""
        self.path = path
        self.reason = reason
        self.others = others
        super().__init__("\n".join([f"{path}: {reason}", *map(str, others)]))


class Faults:
    """Collects what is wrong with a policy, so that all of it can be said at once."""

    def __init__(self) -> None:
        """Begin without faults."""
        self._found: list[PolicyError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Go on after a fault."""
        try:
            yield
        except PolicyError as fault:
            self._found.append(fault)

    def raise_any(self) -> None:
        """Raise the first fault, with the others beside it."""
        if self._found:
            first, *others = self._found
            raise PolicyError(first.path, first.reason, others=tuple(others))


class InvalidClaims(SurvivorshipError):
    """The claims contradict each other."""

    code = "invalid_claims"


class CoupledAttribute(SurvivorshipError):
    """An attribute of a coupled group cannot be pinned or held alone."""

    code = "coupled_attribute"
    status = 422

"""Whether the hub can do its work, and which part cannot and why."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from mdm.core.domains import Catalog
from mdm.errors import Unavailable
from mdm.store import condition
from mdm.store.work import Work

OLDEST_POSTGRES = 15


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the hub; `reason` says why it is not ready."""

    name: str
    reason: str | None = None

    @property
    def ready(self) -> bool:
        """Tell whether nothing is wrong with it."""
        return self.reason is None


def examine(
    begin: Callable[[], AbstractContextManager[Work]], *, catalog: Catalog, revision: str | None
) -> tuple[Part, ...]:
    """Examine PostgreSQL, its schema (None: whatever it is) and the rules in force; never raises Unavailable."""
    try:
        with begin() as work:
            return (_postgres(work), _migrations(work, revision), _releases(work, catalog))
    except Unavailable as error:
        unknown = "PostgreSQL is needed to tell."
        return (Part("postgres", error.message), Part("migrations", unknown), Part("releases", unknown))


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


def _releases(work: Work, catalog: Catalog) -> Part:
    in_force = condition.active_releases(work.session)
    ours = {name: domain.release for name, domain in catalog.domains.items()}
    if not in_force:
        return Part("releases", "No release of any domain is in force: `mdm migrate` switches on the first ones.")
    if in_force != ours:
        return Part("releases", "Other releases are in force than this process has read; it must be started again.")
    return Part("releases")

"""The rules of any release, compiled once however often they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from mdm.core.domains import Domain, parse
from mdm.errors import NotFound
from mdm.store import releases
from mdm.store.tables import Release
from mdm.store.work import Work

KEPT = 32  # releases that are kept compiled


@dataclass(frozen=True, slots=True)
class _Written:
    """The document of a release; its hash says whether another is the same."""

    hash: str
    number: int
    document: Mapping[str, Any] = field(compare=False)


def release_of(work: Work, domain: str, number: int) -> Release:
    """Return a release or draft of a domain; raises NotFound."""
    found = releases.get(work.session, domain, number)
    if found is None:
        raise NotFound(f"{domain} has no release {number}.", hint="`mdm rules show` lists them.")
    return found


def rules_of(work: Work, domain: str, number: int) -> Domain:
    """Return the rules of a release or draft; raises NotFound."""
    in_force = work.catalog.domain(domain)
    if in_force.release == number:
        return in_force
    found = release_of(work, domain, number)
    return _compiled(_Written(found.hash, number, found.document))


@lru_cache(maxsize=KEPT)
def _compiled(written: _Written) -> Domain:
    return replace(parse(written.document), release=written.number)

"""What of golden records an actor sees: those of the actor's sites, and of these what is not masked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mdm.core.domains import Domain
from mdm.core.security import Actor, Permission
from mdm.core.security.actor import EVERYTHING


@dataclass(frozen=True, slots=True)
class Sight:
    """An actor looking at records of a domain; `sites` None: at those of all sites."""

    domain: Domain
    actor: Actor
    sites: frozenset[str] | None
    _visible: dict[frozenset[str], frozenset[str]] = field(default_factory=dict, repr=False, compare=False)

    def reaches(self, timeline: Iterable[Mapping[str, Any]]) -> bool:
        """Tell whether a record is in sight, given its attributes at the times that matter."""
        return self.sites is None or any(not self.sites.isdisjoint(self.domain.sites_of(one)) for one in timeline)

    def shown(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes that are not masked."""
        visible = self.visible(attributes)
        return {name: value for name, value in attributes.items() if name in visible}

    def visible(self, attributes: Mapping[str, Any]) -> frozenset[str]:
        """Return which attributes the actor sees unmasked in a record with these, found out once for every site."""
        sites = self.domain.sites_of(attributes)
        if sites not in self._visible:
            self._visible[sites] = self.domain.visible(self.actor, sites=sites)
        return self._visible[sites]


def sight_of(actor: Actor, domain: Domain, permission: Permission = Permission.READ) -> Sight:
    """Return what an actor sees of a domain by a permission."""
    sites = None if domain.site is None else actor.sites_in(domain.name, permission)
    return Sight(domain, actor, sites)


def sees_whole(actor: Actor, domain: Domain) -> bool:
    """Tell whether nothing of any record of a domain is hidden from an actor."""
    everywhere = sight_of(actor, domain).sites is None
    return everywhere and domain.visible(actor, sites=frozenset({EVERYTHING})) >= domain.attributes.keys()

"""The rules in force, compiled once however many transactions ask for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mdm.core.domains import Catalog, parse
from mdm.store import releases
from mdm.store.work import Work


@dataclass(slots=True)
class Rulebook:
    """What a process knows of the releases in force; it reads them anew when others have been switched on."""

    known: Mapping[str, int] = field(default_factory=dict)
    catalog: Catalog = field(default_factory=lambda: Catalog({}))

    def __call__(self, work: Work) -> Catalog:
        """Return the domains as the releases in force declare them."""
        numbers = releases.numbers(work.session)
        if numbers != self.known:
            old = self.catalog.domains
            domains = {
                release.domain: old[release.domain]
                if release.domain in old and old[release.domain].release == release.number
                else replace(parse(release.document), release=release.number)
                for release in releases.active(work.session)
            }
            self.catalog = Catalog(domains)
            self.known = {name: domain.release for name, domain in domains.items()}
        return self.catalog

"""The rules in force, compiled once however many transactions ask for them."""

from dataclasses import dataclass, field, replace

from mdm.core.domains import Catalog, parse
from mdm.store import releases
from mdm.store.work import Work


@dataclass(slots=True)
class Rulebook:
    """What a process knows of the releases in force; it reads them anew when others have been switched on."""

    catalog: Catalog = field(default_factory=lambda: Catalog({}))

    def __call__(self, work: Work) -> Catalog:
        """Return the domains as the releases in force declare them."""
        numbers = releases.numbers(work.session)
        known = self.catalog  # others may put another one in its place meanwhile
        old = known.domains
        if numbers != {name: domain.release for name, domain in old.items()}:
            known = self.catalog = Catalog(
                {
                    release.domain: old[release.domain]
                    if release.domain in old and old[release.domain].release == release.number
                    else replace(parse(release.document), release=release.number)
                    for release in releases.active(work.session)
                }
            )
        return known

"""Golden records against the claims they stand on."""

from collections.abc import Iterator, Sequence
from itertools import islice

from mdm.core.domains import Domain
from mdm.hub.golden.claims import claims_of
from mdm.hub.golden.rebuild import evaluate
from mdm.store import audit, golden
from mdm.store.rows import Row
from mdm.store.tables import Master
from mdm.store.work import Work
from survivorship import Claim


def check_rebuilds(work: Work, *, limit: int) -> list[str]:
    """Rebuild every living master as of its last evaluation and compare (I4), values with their sources too (I3)."""
    return list(islice(_findings(work), limit))


def _findings(work: Work) -> Iterator[str]:
    for page in audit.masters(work.session):
        ids = [row.id for row in page]
        links, slices = golden.links(work.session, ids), golden.current_slices(work.session, ids)
        for row in page:
            domain = work.catalog.domain(row.domain)
            yield from _of_master(domain, row, links.get(row.id, []), slices.get(row.id, []))


def _of_master(domain: Domain, row: Master, links: Sequence[Row], stored: Sequence[Row]) -> Iterator[str]:
    rebuilt = evaluate(domain, links, evaluated_at=row.evaluated_at)
    wanted = [(s.valid_from, s.valid_to, s.attributes, s.provenance) for s in rebuilt.slices]
    kept = [(s.valid_from, s.valid_to, s.attributes, s.provenance) for s in stored]
    if wanted != kept:
        yield f"{row.domain} {row.id} version {row.version} is stored otherwise than rebuilding gives it"
    claims = claims_of(links)
    for s in stored:
        yield from _unfounded(row, s, claims)


def _unfounded(row: Master, stretch: Row, claims: Sequence[Claim]) -> Iterator[str]:
    """Name single values that no claim of the records in their provenance makes; lists are united from several."""
    for name, value in stretch.attributes.items():
        origin = stretch.provenance.get(name)
        if origin is None:
            yield f"{row.domain} {row.id}: {name} has no provenance"
        elif isinstance(origin["record"], str) and not any(
            c.record == origin["record"] and c.attribute == name and c.value == value for c in claims
        ):
            yield f"{row.domain} {row.id}: {name} is not what {origin['record']} says"

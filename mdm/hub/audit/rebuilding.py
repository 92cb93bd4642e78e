"""Golden records against the claims they stand on."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from mdm.core.domains import Domain
from mdm.hub.approval import Held
from mdm.hub.golden.claims import claims_of
from mdm.hub.golden.draft import evaluate
from mdm.store import audit, golden, stewardship
from mdm.store.rows import Row
from mdm.store.tables import Master
from mdm.store.work import Work
from survivorship import Claim


def check_rebuilds(work: Work, *, limit: int) -> list[str]:
    """Rebuild every living master as of its last evaluation and compare (I4), values with their sources too (I3).

    Masters that other rules concern and that are not done again yet are still what the rules before made of them.
    """
    return list(islice(_findings(work), limit))


def _findings(work: Work) -> Iterator[str]:
    for page in audit.masters(work.session):
        waiting = audit.awaiting_rules(work.session, [row.id for row in page])
        done = [row for row in page if row.id not in waiting]
        ids = [row.id for row in done]
        links, slices = golden.links(work.session, ids), golden.current_slices(work.session, ids)
        overrides, holds = stewardship.overrides(work.session, ids), stewardship.holds(work.session, ids)
        for row in done:
            yield from _of_master(
                work.catalog.domain(row.domain),
                row,
                links.get(row.id, []),
                slices.get(row.id, []),
                overrides=overrides.get(row.id, []) if row.merged_into is None else [],
                held=[Held.of(hold) for hold in holds.get(row.id, [])],
            )


def _of_master(
    domain: Domain,
    row: Master,
    links: Sequence[Row],
    stored: Sequence[Row],
    *,
    overrides: Sequence[Row],
    held: Sequence[Held],
) -> Iterator[str]:
    rebuilt = evaluate(domain, links, overrides, held, evaluated_at=row.evaluated_at)
    wanted = [(s.valid_from, s.valid_to, s.attributes, s.provenance) for s in rebuilt.slices]
    kept = [(s.valid_from, s.valid_to, s.attributes, s.provenance) for s in stored]
    if wanted != kept:
        yield f"{row.domain} {row.id} version {row.version} is stored otherwise than rebuilding gives it"
    claims = claims_of(links)
    pinned = {str(o.id): o for o in overrides}
    for s in stored:
        yield from _unfounded(row, s, claims, pinned)


def _unfounded(row: Master, stretch: Row, claims: Sequence[Claim], pinned: Mapping[str, Row]) -> Iterator[str]:
    """Name single values that no claim or override in their provenance makes.

    Lists are united from several records, and held values stand for records that say something else by now.
    """
    for name, value in stretch.attributes.items():
        origin = stretch.provenance.get(name)
        if origin is None:
            yield f"{row.domain} {row.id}: {name} has no provenance"
        elif origin["rule"] == "override":
            if origin["record"] not in pinned or value not in _parts(pinned[origin["record"]].value):
                yield f"{row.domain} {row.id}: {name} is not what was pinned"
        elif origin["rule"] == "hold":
            continue
        elif isinstance(origin["record"], str) and not any(
            c.record == origin["record"] and c.attribute == name and c.value == value for c in claims
        ):
            yield f"{row.domain} {row.id}: {name} is not what {origin['record']} says"


def _parts(value: Any) -> list[Any]:
    """Return a pinned value, and those of its members if it is of a coupled group."""
    return [value, *value.values()] if isinstance(value, dict) else [value]

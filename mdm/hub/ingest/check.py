"""Searching before creating: what the hub makes of a record that somebody types, and which masters it probably is."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from mdm.core.domains import STEWARD_SOURCE, Domain, block_keys_of, comparable_of, standardize_record
from mdm.core.matching import Comparable, Outcome, Scored, explain, score
from mdm.core.matching.clustering import ONE_PER_SOURCE
from mdm.core.matching.document import MISSING
from mdm.core.security import Permission
from mdm.core.standardize import Standard
from mdm.errors import InvalidAttributes, InvalidInput
from mdm.hub.golden.read import Found, in_sight, shown_now
from mdm.hub.relations import references
from mdm.hub.relations.references import complete
from mdm.hub.resolution.candidates import HOT, UNBEARABLE
from mdm.sources import check_attributes
from mdm.store import golden, records
from mdm.store.rows import Row
from mdm.store.work import Work

MOST_COMPARED = 300  # records that share keys: those that share most
LOOKED = 500  # masters with the typed words in them
MOST_NAMED = 40  # of these masters, and of those spelt almost so, compared
MOST_WORDS = 6
WORD = re.compile("[a-z0-9]{3,}")  # what trigrams can find


@dataclass(frozen=True, slots=True)
class Reason:
    """The level that a comparison reached and what it weighs, in bits."""

    comparison: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A live master, as the actor may see it, and its record that is most like the one typed."""

    master_id: UUID
    version: int
    status: str
    source: str
    key: str
    attributes: dict[str, Any]
    weight: float
    probability: float
    outcome: Outcome
    vetoes: list[str]
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the hub makes of a record that is not kept.

    `duplicates` reach the review threshold; `similar_names` do not, but are called almost so. `not_compared` names
    attributes that the actor may not see, `unexamined` the blocking keys that too many records share.
    """

    domain: str
    release: int
    values: dict[str, Standard]
    missing: list[str]
    not_compared: list[str]
    unexamined: list[str]
    duplicates: list[Lookalike]
    similar_names: list[Lookalike]


@dataclass(slots=True)
class _Best:
    """The record of each master that is most like the one typed."""

    domain: Domain
    typed: Comparable
    rows: dict[UUID, tuple[Scored, Row]] = field(default_factory=dict)
    namesakes: dict[UUID, None] = field(default_factory=dict)  # the most alike first

    def take(self, rows: Iterable[Row]) -> None:
        """Score records and keep the best of each master."""
        for row in rows:
            scored = score(self.domain.match, self.typed, row.comparable)
            known = self.rows.get(row.master_id)
            if known is None or (-scored.weight, row.id) < (-known[0].weight, known[1].id):
                self.rows[row.master_id] = scored, row

    @property
    def settled(self) -> bool:
        """Tell whether there is a match already."""
        return any(scored.outcome == Outcome.MATCH for scored, _ in self.rows.values())

    def of(self, masters: Collection[UUID]) -> list[tuple[Scored, Row]]:
        """Return duplicates among these masters, best first, then namesakes."""
        duplicates = [(s, row) for s, row in self.rows.values() if s.outcome != Outcome.DISTINCT]
        duplicates.sort(key=lambda found: (-found[0].weight, found[1].master_id))
        namesakes = [self.rows[one] for one in self.namesakes if self.rows[one][0].outcome == Outcome.DISTINCT]
        return [found for found in [*duplicates, *namesakes] if found[1].master_id in masters]


def check(
    work: Work, domain_name: str, attributes: Mapping[str, Any], *, source: str | None = None, limit: int = 10
) -> Checked:
    """Standardize what somebody types, find what it probably duplicates, and keep nothing of it.

    Raises InvalidAttributes and InvalidInput naming the path.
    """
    domain = work.catalog.domain(domain_name)
    work.actor.require(Permission.CHECK, domain=domain.name)
    _check_source(domain, source)
    values = _standardized(work, domain, attributes, source=source)
    hidden = values.keys() - domain.visible(work.actor)
    shown = {name: v.std for name, v in values.items() if name not in hidden and v.value is not None}
    best = _Best(domain, comparable_of(domain, shown))
    unexamined = _take_key_sharers(work, best)
    if not best.settled and (words := _words(domain, values)):
        _take_namesakes(work, best, words)
    found = _lookalikes(work, best, source=source, most=limit)
    return Checked(
        domain=domain.name,
        release=domain.release,
        values=values,
        missing=[
            n for n, a in domain.attributes.items() if a.required and (n not in values or values[n].value is None)
        ],
        not_compared=sorted(hidden),
        unexamined=unexamined,
        duplicates=[one for one in found if one.outcome != Outcome.DISTINCT],
        similar_names=[one for one in found if one.outcome == Outcome.DISTINCT],
    )


def _check_source(domain: Domain, source: str | None) -> None:
    if source is not None and source not in domain.sources:
        hint = f"Its sources are {', '.join(domain.sources)}."
        raise InvalidInput(f"Domain {domain.name} has no source {source[:80]}.", hint=hint, path="source")


def _standardized(
    work: Work, domain: Domain, attributes: Mapping[str, Any], *, source: str | None
) -> dict[str, Standard]:
    try:
        values = standardize_record(domain, check_attributes(attributes))
    except InvalidAttributes as error:
        path = error.details.get("path", "")
        full = path if path.startswith("attributes") else f"attributes.{path}"
        raise InvalidAttributes(error.message, hint=error.hint, **(error.details | {"path": full})) from error
    return complete(work, domain, values, sender=source or STEWARD_SOURCE)


def _followed(work: Work, domain: Domain, values: dict[str, Standard], source: str | None) -> dict[str, Standard]:
    """Follow references; a key that names no source leads nowhere unless the record's own is known."""
    named = [n for n in domain.references if n in values and (source or (values[n].value or {}).get("source"))]
    return values | references.complete(work, domain, {n: values[n] for n in named}, sender=source or "")


def _missing(domain: Domain, values: Mapping[str, Standard]) -> list[str]:
    required = [name for name, attribute in domain.attributes.items() if attribute.required]
    return [name for name in required if name not in values or values[name].value is None]


def _take_key_sharers(work: Work, best: _Best) -> list[str]:
    """Take the records that resolution would compare with such a record; return the keys it would not look into."""
    domain = best.domain
    names = {records.key_number(domain.name, key): key for key in block_keys_of(domain, best.typed)}
    sizes = records.block_sizes(work.session, list(names), unbearable=UNBEARABLE) if names else {}
    bearable = {key: size for key, size in sizes.items() if size <= UNBEARABLE}
    if any(bearable.values()):
        best.take(records.lookalikes_by_keys(work.session, bearable, hot=HOT, most=MOST_COMPARED))
    return sorted(names[key] for key in sizes.keys() - bearable.keys())


def _take_namesakes(work: Work, best: _Best, words: Sequence[str]) -> None:
    """Take the records of masters that are called so, or, if none is, of those called almost so."""
    name = best.domain.name
    called = records.lookalikes_by_words(work.session, words, domain=name, looked=LOOKED, most=MOST_NAMED)
    found = called or records.lookalikes_by_name(work.session, " ".join(words), domain=name, most=MOST_NAMED)
    best.take(found)
    best.namesakes = dict.fromkeys(row.master_id for row in found)


def _words(domain: Domain, values: Mapping[str, Standard]) -> list[str]:
    """Return the words of the first text that people search by, without its legal form, as masters are searched."""
    for name in domain.search:
        standard = values.get(name)
        if domain.attributes[name].type == "text" and standard is not None and standard.std is not None:
            words = WORD.findall(domain.search_text({name: standard.value}))
            core = standard.std["core"].split() if isinstance(standard.std, dict) else words
            return ([word for word in words if word in core] or words)[:MOST_WORDS]
    return []


def _lookalikes(work: Work, best: _Best, *, source: str | None, most: int) -> list[Lookalike]:
    first = best.of(in_sight(work, best.domain, best.rows))[:most]
    masters = golden.masters(work.session, [row.master_id for _, row in first])
    shown = {one.master_id: one for one in shown_now(work, best.domain, list(masters.values()))}
    taken = _taken(work, best.domain, source, masters)
    return [_lookalike(best, scored, row, shown[row.master_id], taken=row.master_id in taken) for scored, row in first]


def _taken(work: Work, domain: Domain, source: str | None, masters: Iterable[UUID]) -> set[UUID]:
    """Return the masters that have the one record which they may have of the source."""
    if source not in domain.match.rules.one_per_master:
        return set()
    links = golden.links(work.session, masters)
    return {
        master_id for master_id, of_master in links.items() if any(x.linked and x.source == source for x in of_master)
    }


def _lookalike(best: _Best, scored: Scored, row: Row, shown: Found, *, taken: bool) -> Lookalike:
    steps = explain(best.domain.match, best.typed, row.comparable)
    demoted = taken and scored.outcome == Outcome.MATCH
    return Lookalike(
        master_id=shown.master_id,
        version=shown.version,
        status=shown.status,
        source=row.source,
        key=row.source_key,
        attributes=shown.attributes,
        weight=scored.weight,
        probability=_probability(best.domain, scored),
        outcome=Outcome.REVIEW if demoted else scored.outcome,
        vetoes=[*scored.vetoes, *([ONE_PER_SOURCE] if taken else [])],
        reasons=[Reason(s.comparison, s.level, s.weight) for s in steps if s.level not in ("", MISSING)],
    )


def _probability(domain: Domain, scored: Scored) -> float:
    """Return how probable it is that both are one thing: what is known by its key is one for certain, or it is not."""
    if domain.key:
        return float(scored.outcome == Outcome.MATCH)
    return round(1 / (1 + 2**-scored.weight), 6)

"""Why a golden record is, was or would be as it is: at any valid and recorded time, and under any release."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from mdm.core.domains import Domain
from mdm.core.yaml_file import suggestion
from mdm.errors import InvalidInput
from mdm.hub.approval import guard
from mdm.hub.explanation.verdicts.knowledge import known, read_otherwise
from mdm.hub.explanation.verdicts.moment import Moment
from mdm.hub.explanation.verdicts.reasons import Bench
from mdm.hub.explanation.verdicts.rules import release_of, rules_of
from mdm.hub.explanation.verdicts.views import Differing, Under, Verdicts
from mdm.hub.golden.read import Located, locate
from mdm.store import golden
from mdm.store.records import as_known
from mdm.store.work import Work


def verdicts(
    work: Work,
    domain_name: str,
    master_id: UUID,
    *,
    attribute: str | None = None,
    valid_at: datetime | None = None,
    known_at: datetime | None = None,
    release: int | None = None,
) -> Verdicts:
    """Return why the attributes of a golden record have their values, or one of them and those it is coupled with.

    With `release` also what they would be by its rules. Raises UnknownMaster, NotFound and InvalidInput.
    """
    instant = valid_at or known_at or work.now
    located = locate(work, domain_name, master_id, valid_at=instant, known_at=known_at)
    moment, bench = _reproducing(work, located, instant, known_at)
    rules = bench.knowledge.rules
    proposed = None if release is None else rules_of(work, domain_name, release)
    if attribute is not None:
        _check(attribute, rules, proposed)
    visible = located.domain.visible(work.actor, sites=located.domain.sites_of(located.whole))
    units = _wanted(bench, attribute)
    open_to = [unit for unit in units if visible.issuperset(rules.members_of(unit))]
    asked = {name for unit in units for name in rules.members_of(unit)}
    found = bench.values(instant)
    differs = _differing(located.whole, found, asked if attribute is not None else {*located.whole, *found})
    return Verdicts(
        domain=rules.name,
        master_id=located.version.master_id,
        version=located.version.version,
        valid_at=instant,
        known_at=known_at,
        evaluated_at=bench.case.evaluated_at,
        release=rules.release,
        reproduced=not differs,
        differs=[one for one in differs if one.attribute in visible],
        masked=_masked(located.whole, rules, units, open_to),
        verdicts=[bench.reasoned(unit, instant) for unit in open_to],
        under=None if proposed is None else _under(moment, bench, proposed, visible, attribute, instant),
    )


def _reproducing(work: Work, located: Located, instant: datetime, known_at: datetime | None) -> tuple[Moment, Bench]:
    """Return the moment and what was known at it; of several that are possible the first that gives what is stored."""
    benches = ((moment, Bench.of(known(moment, rules))) for moment, rules in _possible(work, located, known_at))
    first = next(benches)
    return next((found for found in chain([first], benches) if found[1].values(instant) == located.whole), first)


def _possible(work: Work, located: Located, known_at: datetime | None) -> Iterator[tuple[Moment, Domain]]:
    """Yield the moments and rules that a version may rest on at a recorded time.

    Those in force, and those it was made by, where others have been switched on and not carried through; the time that
    is asked for, and that of the version, where something was under way that only the next version says.
    """
    version = located.version
    if known_at is None:
        for number in dict.fromkeys([located.domain.release, version.release]):
            yield Moment(work, version, None), rules_of(work, located.domain.name, number)
        return
    in_force = as_known.release_in_force(work.session, located.domain.name, known_at)
    for instant in dict.fromkeys([known_at, version.recorded_at]):
        for number in dict.fromkeys([in_force or version.release, version.release]):
            yield Moment.at(work, version, instant), rules_of(work, located.domain.name, number)


def _under(
    moment: Moment,
    bench: Bench,
    proposed: Domain,
    visible: frozenset[str],
    attribute: str | None,
    instant: datetime,
) -> Under:
    """Return the verdicts by other rules; what would need approval by them is kept back as it would be."""
    work, rules, version = moment.work, bench.knowledge.rules, moment.version
    case = (knowledge := read_otherwise(moment, bench.knowledge, proposed)).case()
    baseline = golden.slices_at(work.session, version.master_id, version.version)
    held = guard(case, baseline=baseline, units=proposed.critical, standing=knowledge.held).held
    other = Bench(replace(knowledge, held=held), case, held)
    units, values = _wanted(other, attribute), other.values(instant)
    shown = proposed.visible(work.actor, sites=proposed.sites_of(values))
    shown &= visible | (shown - as_known.declared(work.session, proposed.name))
    open_to = [unit for unit in units if shown.issuperset(proposed.members_of(unit))]
    asked = _members(rules, _wanted(bench, attribute)) | _members(proposed, units)
    return Under(
        release=proposed.release,
        state=release_of(work, proposed.name, proposed.release).state,
        masked=_masked(values, proposed, units, open_to),
        changes=_differing(bench.values(instant), values, asked & shown),
        verdicts=[other.reasoned(unit, instant) for unit in open_to],
    )


def _check(attribute: str, *rules: Domain | None) -> None:
    """Raise InvalidInput unless some of the rules know an attribute or coupled group."""
    known_names = {name for one in rules if one is not None for name in (*one.attributes, *one.groups)}
    if attribute not in known_names:
        domain = next(one.name for one in rules if one is not None)
        hint = suggestion(attribute, known_names)
        raise InvalidInput(f"{domain} has no attribute `{attribute[:80]}`.", hint=hint, path="attribute")


def _wanted(bench: Bench, attribute: str | None) -> list[str]:
    wanted = None if attribute is None else bench.knowledge.rules.unit_of(attribute)
    return [unit for unit in bench.units() if wanted is None or unit == wanted]


def _members(rules: Domain, units: Collection[str]) -> set[str]:
    return {name for unit in units for name in rules.members_of(unit)}


def _masked(values: Mapping[str, Any], rules: Domain, units: Collection[str], open_to: Collection[str]) -> list[str]:
    closed = _members(rules, [unit for unit in units if unit not in open_to])
    return sorted(name for name in closed if name in values)


def _differing(one: Mapping[str, Any], other: Mapping[str, Any], names: Collection[str]) -> list[Differing]:
    return [
        Differing(name, one.get(name), other.get(name)) for name in sorted(names) if one.get(name) != other.get(name)
    ]

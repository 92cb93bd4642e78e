"""The scorer: from two comparable records to a weight, an outcome and the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mdm.core.matching.columns import JSON, Comparable
from mdm.core.matching.document import MISSING
from mdm.core.matching.model import Comparison, MatchModel, Outcome, Veto

NOTHING = -1  # the level of a comparison that lacks a side: weighs nothing


@dataclass(frozen=True, slots=True)
class Scored:
    """What comparing two records gave: bits, the level of every comparison, what follows, what stands against it."""

    weight: float
    levels: tuple[int, ...]
    outcome: Outcome
    vetoes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the waterfall from the prior to the weight; `adjustment` is the part that rarity added."""

    comparison: str
    level: str
    weight: float
    adjustment: float
    left: JSON
    right: JSON


def comparable(model: MatchModel, std: Mapping[str, JSON]) -> Comparable:
    """Return what matching needs of a record's standardized attributes; empty columns are left out."""
    return {name: value for name, fill in model.columns.items() if (value := fill(std))}


def score(model: MatchModel, left: Comparable, right: Comparable) -> Scored:
    """Compare two records; the order of the two makes no difference."""
    weight = model.prior
    levels = []
    for comparison in model.comparisons:
        a, b = left.get(comparison.column), right.get(comparison.column)
        level, bits = _reached(comparison, a, b) if a and b else (NOTHING, 0.0)
        levels.append(level)
        weight += bits
    outcome, vetoes = _outcome(model, weight, levels)
    return Scored(round(weight, 3), tuple(levels), outcome, vetoes)


def explain(model: MatchModel, left: Comparable, right: Comparable) -> tuple[Step, ...]:
    """Return the waterfall of a pair: the prior, then every comparison with its level and weight."""
    steps = [Step("prior", "", round(model.prior, 3), 0.0, None, None)]
    for comparison in model.comparisons:
        a, b = left.get(comparison.column), right.get(comparison.column)
        level, bits = _reached(comparison, a, b) if a and b else (NOTHING, 0.0)
        known = comparison.levels[level] if level != NOTHING else None
        label, base = (known.label, known.weight) if known else (MISSING, 0.0)
        steps.append(Step(comparison.name, label, round(bits, 3), round(bits - base, 3), a, b))
    return tuple(steps)


def level_names(model: MatchModel, levels: Sequence[int]) -> dict[str, str]:
    """Return the name of the level of every comparison, for a stored level vector."""
    return {
        comparison.name: comparison.levels[level].label if level != NOTHING else MISSING
        for comparison, level in zip(model.comparisons, levels, strict=True)
    }


def strong_identifiers(model: MatchModel, record: Comparable) -> tuple[str, ...]:
    """Return the identifiers of which a master has one, as `column:value`."""
    return tuple(f"{column}:{value}" for column in model.rules.strong for value in record.get(column, ()))


def _reached(comparison: Comparison, left: Any, right: Any) -> tuple[int, float]:
    """Return the level that two values reach and the bits it is worth."""
    outcome, bits = comparison.compare(left, right)
    if outcome < 0:
        return NOTHING, 0.0
    at = comparison.level_of[outcome]
    level = comparison.levels[at]
    if level.adjustment is None or not bits:
        return at, level.weight
    return at, level.weight + level.adjustment.of(bits)


def _outcome(model: MatchModel, weight: float, levels: Sequence[int]) -> tuple[Outcome, tuple[str, ...]]:
    if weight < model.review:
        return Outcome.DISTINCT, ()
    vetoes = tuple(veto.name for veto in model.vetoes if _stands(veto, levels))
    return (Outcome.MATCH if weight >= model.match and not vetoes else Outcome.REVIEW), vetoes


def _stands(veto: Veto, levels: Sequence[int]) -> bool:
    return all(levels[at] in when for at, when in veto.when) and not any(
        levels[at] in unless for at, unless in veto.unless
    )

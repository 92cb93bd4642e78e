"""A compiled match model: what to keep of a record, how to compare two, and what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log2
from typing import Any

from mdm.core.matching.columns import Extractor, extractor
from mdm.core.matching.comparators import COMPARATORS, Compare
from mdm.core.matching.document import MISSING, ComparisonPart, ModelDocument, VetoPart, parse
from mdm.core.matching.frequencies import Adjustment, Frequencies
from mdm.core.matching.key_parts import Part, part


class Outcome(StrEnum):
    """What a scored pair is taken for."""

    MATCH = "match"
    REVIEW = "review"
    DISTINCT = "distinct"


@dataclass(frozen=True, slots=True)
class Level:
    """A level of agreement; `weight` is log2(m / u)."""

    label: str
    m: float
    u: float
    weight: float
    adjustment: Adjustment | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one column of two records is compared; `level_of` maps the comparator's outcomes to levels."""

    name: str
    column: str
    compare: Compare
    levels: tuple[Level, ...]
    level_of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A blocking key: columns and the parts taken of them."""

    name: str
    parts: tuple[tuple[str, Part], ...]


@dataclass(frozen=True, slots=True)
class Veto:
    """Levels (-1: missing) per comparison, by position, that keep a match back unless another one is reached."""

    name: str
    when: tuple[tuple[int, frozenset[int]], ...]
    unless: tuple[tuple[int, frozenset[int]], ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a cluster may become."""

    size_limit: int
    one_per_master: frozenset[str]
    strong: Mapping[str, int]  # column → letters of scope within which a master has one value
    bridge_weight: float
    bridge_share: float


@dataclass(frozen=True, slots=True, eq=False)
class MatchModel:
    """How records of one domain are compared; equal documents behave equally."""

    document: Mapping[str, Any]
    prior: float  # bits
    review: float  # bits, as all weights
    match: float
    columns: Mapping[str, Extractor]
    comparisons: tuple[Comparison, ...]
    keys: tuple[Key, ...]
    vetoes: tuple[Veto, ...]
    rules: Rules

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "MatchModel":
        """Compile a document in the format of `document.py`; raises DeclarationError naming the path."""
        parsed = parse(document)
        generic = frozenset(parsed.generic)
        tables = {name: _frequencies(parsed, name) for name in parsed.frequencies}
        return cls(
            document=document,
            prior=log2(parsed.prior / (1 - parsed.prior)),
            review=parsed.thresholds.review,
            match=parsed.thresholds.match,
            columns={name: extractor(part.kind, part.of, generic) for name, part in parsed.columns.items()},
            comparisons=tuple(_comparison(part, tables) for part in parsed.comparisons),
            keys=_keys(parsed, tables),
            vetoes=tuple(_veto(part, parsed.comparisons) for part in parsed.vetoes),
            rules=_rules(parsed),
        )

    @property
    def attributes(self) -> Mapping[str, tuple[str, ...]]:
        """Return the attributes that fill each column, so that a domain can check that it has them."""
        return {
            name: tuple(path.partition(".")[0] for path in part["of"])
            for name, part in self.document["columns"].items()
        }


def _frequencies(model: ModelDocument, name: str) -> Frequencies:
    table = model.frequencies[name]
    shares = {word: part.share for part in table.shares for word in part.words.split()}
    return Frequencies.of(shares, unlisted=table.unlisted)


def _comparison(part: ComparisonPart, tables: Mapping[str, Frequencies]) -> Comparison:
    adjust = part.frequencies
    adjustment = Adjustment(adjust.reference, adjust.least, adjust.most) if adjust else None
    levels = tuple(
        Level(p.level, p.m, p.u, log2(p.m / p.u), adjustment if adjust and p.level in adjust.levels else None)
        for p in part.levels
    )
    outcomes = COMPARATORS[part.by].outcomes or tuple(level.label for level in levels)
    labels = [level.label for level in levels]
    # an outcome without a level of its own counts as the next weaker one that has
    level_of = tuple(next(labels.index(o) for o in outcomes[at:] if o in labels) for at in range(len(outcomes)))
    return Comparison(part.name, part.column, _compare(part, tables), levels, level_of)


def _compare(part: ComparisonPart, tables: Mapping[str, Frequencies]) -> Compare:
    options: dict[str, Any] = {}
    if part.frequencies:
        options["frequencies"] = tables[part.frequencies.table]
    if part.scope:
        options["scope"] = part.scope
    if part.telling:
        options["telling"] = part.telling
    if part.soft:
        options["soft"] = part.soft
    if not COMPARATORS[part.by].outcomes:
        options["thresholds"] = [level.at_least for level in part.levels[:-1]]
    return COMPARATORS[part.by].build(**options)


def _keys(model: ModelDocument, tables: Mapping[str, Frequencies]) -> tuple[Key, ...]:
    frequencies = next(
        (tables[part.frequencies.table] for part in model.comparisons if part.by == "names" and part.frequencies),
        Frequencies.of({}, unlisted=0.5),
    )

    def taken(path: str) -> tuple[str, Part]:
        column, _, form = path.partition(".")
        return column, part(model.columns[column].kind, form, frequencies)

    return tuple(Key(key.name, tuple(map(taken, key.parts))) for key in model.keys)


def _veto(declared: VetoPart, comparisons: list[ComparisonPart]) -> Veto:
    places = {comparison.name: at for at, comparison in enumerate(comparisons)}

    def levels(name: str, labels: list[str]) -> tuple[int, frozenset[int]]:
        known = [level.level for level in comparisons[places[name]].levels]
        return places[name], frozenset(-1 if label == MISSING else known.index(label) for label in labels)

    return Veto(
        declared.name,
        tuple(levels(name, labels) for name, labels in declared.when.items()),
        tuple(levels(name, labels) for name, labels in declared.unless.items()),
    )


def _rules(model: ModelDocument) -> Rules:
    part = model.clusters
    return Rules(
        size_limit=part.size_limit,
        one_per_master=frozenset(part.one_per_master),
        strong={column: strong.scope for column, strong in part.strong.items()},
        bridge_weight=part.bridge.weight,
        bridge_share=part.bridge.share,
    )

"""The file format of a match model, checked with messages that name the place and what to do.

```yaml
prior: 0.0001                        # probability that two records of the domain are the same thing
thresholds: {review: 0, match: 6}    # bits, the prior included
columns:                             # what is kept of a record for comparing
  names: {kind: names, of: [name, trade_name]}                 # kind: names, text, values, addresses, online, features
comparisons:                         # weight of a level = log2(m / u); a missing side weighs nothing
  - name: name
    column: names
    by: names                        # names, identifiers, phones, online, addresses, text, similarity, features
    telling: [holding, leasing]      # names only: words that tell relatives apart; features only: `soft: [code]`
    frequencies: {table: words, reference: 16, least: -8, most: 4, levels: [identical]}
    levels:                          # strongest first; each column of m and of u adds up to 1
      - {level: identical, m: 0.7, u: 0.0001}
      - {level: different, m: 0.3, u: 0.9999}
keys:                                # the first eight that a record can fill; records sharing one are compared
  - {name: name_city, parts: [names.rare, address.city]}
vetoes:                              # what keeps a match from being made without a steward
  - {name: other_name, when: {name: [different]}, unless: {vat: [same]}}
clusters: {size_limit: 50, one_per_master: [], strong: {vat: {scope: 2}}, bridge: {weight: 12, share: 0.3}}
frequencies:
  words: {unlisted: 0.0002, shares: [{share: 0.02, words: "metal steel bau"}]}
generic: [gmail.com, info@example.com]   # values that belong to nobody in particular
```
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mdm.core.matching.columns import KINDS
from mdm.core.matching.comparators import COMPARATORS
from mdm.core.matching.key_parts import forms
from mdm.errors import DeclarationError

MISSING = "missing"  # how vetoes call the level of a comparison without a value on both sides
ROUNDING = 0.011

Probability = Annotated[float, Field(gt=0, lt=1)]


class Strict(BaseModel):
    """A part of the document that knows all its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ThresholdsPart(Strict):
    """Bits from which a pair is a review or a match."""

    review: float
    match: float


class ColumnPart(Strict):
    """What is kept of a record."""

    kind: str
    of: list[str] = Field(min_length=1)


class LevelPart(Strict):
    """A level of agreement and how often true and random pairs reach it."""

    level: str
    m: Probability
    u: Probability
    at_least: float | None = Field(default=None, gt=0, lt=1)


class AdjustmentPart(Strict):
    """How rare and common values move the weight of the levels named."""

    table: str
    reference: float
    least: float = Field(le=0)
    most: float = Field(ge=0)
    levels: list[str] = Field(min_length=1)


class ComparisonPart(Strict):
    """One comparison of a pair."""

    name: str
    column: str
    by: str
    scope: int = Field(default=0, ge=0)
    telling: list[str] = []
    soft: list[str] = []
    frequencies: AdjustmentPart | None = None
    levels: list[LevelPart] = Field(min_length=2)


class KeyPart(Strict):
    """A blocking key."""

    name: str
    parts: list[str] = Field(min_length=1)


class VetoPart(Strict):
    """Levels that keep a pair from being a match, unless others speak for it."""

    name: str
    when: dict[str, list[str]] = Field(min_length=1)
    unless: dict[str, list[str]] = {}


class StrongPart(Strict):
    """An identifier of which a master has one (per scope: the first letters, such as the country)."""

    scope: int = Field(default=0, ge=0)


class BridgePart(Strict):
    """What joins two clusters of several records: a weight, or a share of their pairs that match."""

    weight: float
    share: float = Field(ge=0, le=1)


class ClustersPart(Strict):
    """What a cluster may become."""

    size_limit: int = Field(ge=2)
    one_per_master: list[str] = []
    strong: dict[str, StrongPart] = {}
    bridge: BridgePart


class SharePart(Strict):
    """Words or values with the same share of records."""

    share: Probability
    words: str


class TablePart(Strict):
    """A frozen table of frequencies."""

    unlisted: Probability
    shares: list[SharePart]


class ModelDocument(Strict):
    """A whole match model."""

    prior: Probability
    thresholds: ThresholdsPart
    columns: dict[str, ColumnPart] = Field(min_length=1)
    comparisons: list[ComparisonPart] = Field(min_length=1)
    keys: list[KeyPart] = Field(min_length=1)
    vetoes: list[VetoPart] = []
    clusters: ClustersPart
    frequencies: dict[str, TablePart] = {}
    generic: list[str] = []


def parse(document: Mapping[str, Any]) -> ModelDocument:
    """Check a document; raises DeclarationError naming the path of the first thing wrong."""
    try:
        parsed = ModelDocument.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _wrong(".".join(map(str, first["loc"])) or "model", first["msg"]) from None
    for path, reason in _faults(parsed):
        raise _wrong(path, reason)
    return parsed


def _wrong(path: str, reason: str) -> DeclarationError:
    hint = "The shape of a match model is shown in mdm/core/matching/document.py."
    return DeclarationError(f"{path}: {reason}.", hint=hint, path=path, reason=reason)


def _one_of(value: str, known: Iterable[str]) -> str:
    return f"{value!r} is not one of {', '.join(known) or 'none'}"


def _faults(model: ModelDocument) -> Iterator[tuple[str, str]]:
    """Yield path and reason of what the shape alone does not tell."""
    if model.thresholds.review > model.thresholds.match:
        yield "thresholds.review", "must not be above thresholds.match"
    for name, column in model.columns.items():
        if column.kind not in KINDS:
            yield f"columns.{name}.kind", _one_of(column.kind, KINDS)
    seen: set[str] = set()
    for at, comparison in enumerate(model.comparisons):
        if comparison.name in seen:
            yield f"comparisons.{at}.name", f"{comparison.name!r} is declared twice"
        seen.add(comparison.name)
        for path, reason in _comparison_faults(model, comparison):
            yield f"comparisons.{at}.{path}", reason
    yield from _key_faults(model)
    yield from _veto_faults(model)
    for name in model.clusters.strong:
        if name not in model.columns or model.columns[name].kind != "values":
            yield f"clusters.strong.{name}", "is not a column of kind values"


def _comparison_faults(model: ModelDocument, comparison: ComparisonPart) -> Iterator[tuple[str, str]]:
    column, comparator = model.columns.get(comparison.column), COMPARATORS.get(comparison.by)
    if column is None:
        yield "column", _one_of(comparison.column, model.columns)
        return
    if comparator is None:
        yield "by", _one_of(comparison.by, COMPARATORS)
        return
    if column.kind not in comparator.columns:
        yield "by", f"{comparison.by!r} compares columns of kind {', '.join(comparator.columns)}, not {column.kind}"
    if comparison.scope and comparison.by != "identifiers":
        yield "scope", "only identifiers have a scope"
    if comparison.telling and comparison.by != "names":
        yield "telling", "only names have telling words"
    if comparison.soft and comparison.by != "features":
        yield "soft", "only features have soft kinds"
    if comparison.by in {"names", "makers"} and not comparison.frequencies:
        yield "frequencies", "names need to know how rare their words are"
    yield from _level_faults(comparison, comparator.outcomes)
    if adjustment := comparison.frequencies:
        yield from _adjustment_faults(model, comparison, adjustment)


def _adjustment_faults(
    model: ModelDocument, comparison: ComparisonPart, adjustment: AdjustmentPart
) -> Iterator[tuple[str, str]]:
    labels = [part.level for part in comparison.levels]
    if comparison.by in {"addresses", "similarity", "part_numbers", "quantities", "positions"}:
        yield "frequencies", f"{comparison.by!r} knows no frequencies"
    if adjustment.table not in model.frequencies:
        yield "frequencies.table", _one_of(adjustment.table, model.frequencies)
    for name in adjustment.levels:
        if name not in labels:
            yield "frequencies.levels", _one_of(name, labels)


def _level_faults(comparison: ComparisonPart, outcomes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    labels = [level.level for level in comparison.levels]
    if outcomes:
        ordered = [outcome for outcome in outcomes if outcome in labels]
        if labels != ordered or labels[-1] != outcomes[-1]:
            yield "levels", f"must be a selection of {', '.join(outcomes)}, in this order, with the last one"
        if any(level.at_least is not None for level in comparison.levels):
            yield "levels", f"{comparison.by!r} has named levels, at_least is for graded comparisons"
    else:
        limits = [level.at_least for level in comparison.levels[:-1]]
        falling = all(a is not None and b is not None and a > b for a, b in pairwise(limits))
        if None in limits or not falling or comparison.levels[-1].at_least is not None:
            yield "levels", "all but the last need at_least, falling from level to level"
    for column in ("m", "u"):
        total = sum(getattr(level, column) for level in comparison.levels)
        if abs(total - 1) > ROUNDING:
            yield "levels", f"the {column} of all levels must add up to 1, not {total:.4f}"


def _key_faults(model: ModelDocument) -> Iterator[tuple[str, str]]:
    names: set[str] = set()
    for at, key in enumerate(model.keys):
        if key.name in names or ":" in key.name:
            yield f"keys.{at}.name", f"{key.name!r} is declared twice or has a colon"
        names.add(key.name)
        for part in key.parts:
            column, _, form = part.partition(".")
            if column not in model.columns:
                yield f"keys.{at}.parts", _one_of(column, model.columns)
            elif form not in (known := forms(model.columns[column].kind)):
                yield f"keys.{at}.parts", _one_of(part, (f"{column}.{name}".rstrip(".") for name in known))


def _veto_faults(model: ModelDocument) -> Iterator[tuple[str, str]]:
    labels = {c.name: [MISSING, *(level.level for level in c.levels)] for c in model.comparisons}
    for at, veto in enumerate(model.vetoes):
        for side, conditions in (("when", veto.when), ("unless", veto.unless)):
            for comparison, levels in conditions.items():
                if comparison not in labels:
                    yield f"vetoes.{at}.{side}", _one_of(comparison, labels)
                else:
                    for level in levels:
                        if level not in labels[comparison]:
                            yield f"vetoes.{at}.{side}.{comparison}", _one_of(level, labels[comparison])

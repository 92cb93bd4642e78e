"""How the comparison of two records is told to a steward."""

from collections.abc import Iterable, Mapping, Sequence

from mdm.core.domains import Domain
from mdm.core.matching import MatchModel, Outcome, Step
from mdm.core.matching.document import MISSING
from mdm.core.matching.model import Comparison

OF_CLUSTERS = {
    "cannot_link": "a steward has told apart records on the two sides",
    "size_limit": "together the two masters would have more records than one may have",
    "one_per_source": "both sides have a record of a source in which one thing has one record",
    "conflicting_identifier": "both sides carry an identifier of which one thing has one, and they differ",
    "weak_bridge": "of the records on the two sides too few resemble each other",
}
OUTCOMES = {
    Outcome.MATCH: "enough to merge them unless something stands against it",
    Outcome.REVIEW: "a question for a steward",
    Outcome.DISTINCT: "too little even to ask",
}


def of_prior(domain: Domain, prior: float) -> str:
    """Say where the waterfall begins."""
    return (
        f"Before looking: of pairs that could be one {domain.title.lower()}, one in {2**-prior:,.0f} is: "
        f"{prior:+.1f} bits."
    )


def of_step(comparison: Comparison, step: Step) -> str:
    """Say what a comparison found, what it is worth and why."""
    title = comparison.name.replace("_", " ").capitalize()
    if step.level == MISSING:
        both = step.left and step.right
        why = "the two values cannot be compared" if both else "not known on both sides"
        return f"{title}: {why}, 0 bits."
    level = next(level for level in comparison.levels if level.label == step.level)
    level_name, rarity = step.level.replace("_", " "), ""
    if step.adjustment > 0:
        rarity = f"; {step.adjustment:.1f} of them because the values are rare"
    elif step.adjustment < 0:
        rarity = f"; common values took {-step.adjustment:.1f}"
    return (
        f"{title}: {level_name}, {step.weight:+.1f} bits, because {_share(level.m)} of pairs that are "
        f"one reach this and {_share(level.u)} of others{rarity}."
    )


def of_sum(model: MatchModel, weight: float, probability: float, outcome: Outcome) -> str:
    """Say what all comparisons come to."""
    return (
        f"Together {weight:+.1f} bits, a probability of {_share(probability)}: {OUTCOMES[outcome]} "
        f"(a question from {model.review:+.1f} bits, a match from {model.match:+.1f})."
    )


def of_veto(model: MatchModel, name: str) -> str:
    """Say what a veto means."""
    declared = next((veto for veto in model.vetoes if veto.name == name), None)
    if declared is None:
        return OF_CLUSTERS.get(name, name.replace("_", " "))
    when = " and ".join(_conditions(model, declared.when))
    unless = " and ".join(_conditions(model, declared.unless))
    return f"{when}, unless {unless}" if unless else when


def of_keys(shared: Sequence[str]) -> str:
    """Say why the two were compared at all, or were not."""
    if shared:
        return f"The hub compares them because they share {', '.join(shared)}."
    return "They share no key, so the hub never compares them by itself."


def _conditions(model: MatchModel, conditions: Iterable[tuple[int, frozenset[int]]]) -> Iterable[str]:
    for at, levels in conditions:
        comparison = model.comparisons[at]
        labels = [comparison.levels[i].label if i >= 0 else MISSING for i in sorted(levels)]
        yield f"{comparison.name} is {' or '.join(label.replace('_', ' ') for label in labels)}"


def _share(share: float) -> str:
    percent = share * 100
    if percent > 99.99:
        return "more than 99.99 %"
    return f"{percent:.0f} %" if 1 <= percent <= 99 else f"{percent:.4g} %"


def shown_key(key: str, *, hidden: Mapping[str, bool]) -> str:
    """Return a key as `name:value`, without its value if that is made of something masked."""
    name = key.partition(":")[0]
    return f"{name}:…" if hidden[name] else key

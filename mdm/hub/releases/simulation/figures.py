"""The figures of a simulation, as they are stored and shown."""

from collections.abc import Mapping
from typing import Any

from mdm.hub.releases.simulation.effects import FUTURE, NOW, PAST
from mdm.hub.releases.simulation.new_pairs import Estimate
from mdm.hub.releases.simulation.rules import Rules
from mdm.hub.releases.simulation.tally import Tally
from mdm.hub.releases.switching import RATE
from mdm.hub.tasks import MATCH_REVIEW

MASTERS = ("looked_at", "rebuilt", "changed", "critical", "unannounced", "merged", "split", "new", "held")
CHANGED = "golden.changed"


def figures_of(rules: Rules, tally: Tally, pairs: Estimate | None) -> dict[str, Any]:
    """Return what was counted; what is estimated stands apart, in `new_pairs`."""
    return {
        "masters": {name: tally.of("masters", name) for name in MASTERS},
        "attributes": [_attribute(rules, tally, name) for name in tally.below("attribute")],
        "held": {"values": tally.of("values", "held"), "by_unit": tally.below("held")},
        "requests": [
            {
                "owner": owner,
                "opened": tally.of("requests", owner, "opened"),
                "closed": tally.of("requests", owner, "closed"),
            }
            for owner in _named(tally, "requests")
        ],
        "reviews": {word: tally.of("tasks", MATCH_REVIEW, word) for word in ("opened", "closed")},
        "events": tally.below("events"),
        "sources": [
            {"source": name, **{word: tally.of(word, name) for word in ("won", "lost", "moved")}}
            for name in sorted({*tally.below("won"), *tally.below("lost"), *tally.below("moved")})
        ],
        "new_pairs": None if pairs is None else pairs.figures(),
        "redo": _redo(rules, tally),
        "exact": pairs is None or pairs.one_in == 1,
    }


def expected_of(figures: Mapping[str, Any]) -> dict[str, int]:
    """Return what is to be expected of carrying the release through, as it will be counted then."""
    masters = figures["masters"]
    return {
        "masters": masters["rebuilt"] + masters["new"],
        "changed": figures["events"].get(CHANGED, 0),
        "critical": masters["critical"],
        "merged": figures["events"].get("identity.merged", 0),
        "split": figures["events"].get("identity.split", 0),
        "held": figures["held"]["values"],
    }


def _attribute(rules: Rules, tally: Tally, name: str) -> dict[str, Any]:
    return {
        "attribute": name,
        "critical": rules.after.unit_of(name) in rules.after.critical,
        "masters": tally.of("attribute", name),
        **{tense: tally.of("changed", name, tense) for tense in (NOW, FUTURE, PAST)},
    }


def _named(tally: Tally, kind: str) -> list[str]:
    return sorted({place[1] for place in tally.counts if place[0] == kind})


def _redo(rules: Rules, tally: Tally) -> dict[str, Any]:
    """Return how many records are done again at least, how deep, and how long that takes: so fast they become due."""
    folded, compared = tally.of("records", "folded"), tally.of("records", "compared")
    looked = tally.of("masters", "rebuilt") if rules.effect.units else 0
    records = max(folded, compared, looked)
    return {"folded": folded, "compared": compared, "records": records, "seconds": round(records / RATE)}

"""Why two source records are taken for one or not, as data and as text that a steward understands."""

from mdm.hub.explanation.pairs import PairExplanation, explain_named, explain_pair

__all__ = ["PairExplanation", "explain_named", "explain_pair"]

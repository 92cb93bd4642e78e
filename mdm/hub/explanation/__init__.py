"""Why two source records are taken for one or not, and why values won and others lost: for people to read."""

from mdm.hub.explanation.pairs import PairExplanation, explain_named, explain_pair

__all__ = ["PairExplanation", "explain_named", "explain_pair"]

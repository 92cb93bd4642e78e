"""Matching: which records are compared, how alike they are, and which of them are one thing. Pure."""

from mdm.core.matching.clustering import Clusters, Constraint, Demoted, Edge, Node, clustering
from mdm.core.matching.columns import Comparable
from mdm.core.matching.keys import MOST_KEYS, block_keys
from mdm.core.matching.model import MatchModel, Outcome, Rules
from mdm.core.matching.scoring import Scored, Step, comparable, explain, level_names, score, strong_identifiers

__all__ = [
    "MOST_KEYS",
    "Clusters",
    "Comparable",
    "Constraint",
    "Demoted",
    "Edge",
    "MatchModel",
    "Node",
    "Outcome",
    "Rules",
    "Scored",
    "Step",
    "block_keys",
    "clustering",
    "comparable",
    "explain",
    "level_names",
    "score",
    "strong_identifiers",
]

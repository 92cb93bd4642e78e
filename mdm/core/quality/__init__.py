"""Quality: rules that values and records keep or break, judged before values survive. Pure."""

from mdm.core.quality.declaration import Dimension, Effect, RuleDeclaration, Severity
from mdm.core.quality.judging import ACCEPTED, FAILED, NAMED, UNJUDGED, Breach, Known, judge, next_turn, value_key
from mdm.core.quality.rules import NO_RULES, Rule, Rules, compile_rules, differing
from mdm.core.quality.standard import standing_of
from mdm.core.quality.subject import Subject

__all__ = [
    "ACCEPTED",
    "FAILED",
    "NAMED",
    "NO_RULES",
    "UNJUDGED",
    "Breach",
    "Dimension",
    "Effect",
    "Known",
    "Rule",
    "RuleDeclaration",
    "Rules",
    "Severity",
    "Subject",
    "compile_rules",
    "differing",
    "judge",
    "next_turn",
    "standing_of",
    "value_key",
]

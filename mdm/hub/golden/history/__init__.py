"""Looking back: golden records at other times, what differs between any two, and all that an attribute ever was."""

from mdm.hub.golden.history.attribute import History, attribute_history
from mdm.hub.golden.history.diff import Difference, TimelineDifference, diff, diff_timelines
from mdm.hub.golden.history.searching import search_at
from mdm.hub.golden.history.timeline import Shown, Timeline, timeline

__all__ = [
    "Difference",
    "History",
    "Shown",
    "Timeline",
    "TimelineDifference",
    "attribute_history",
    "diff",
    "diff_timelines",
    "search_at",
    "timeline",
]

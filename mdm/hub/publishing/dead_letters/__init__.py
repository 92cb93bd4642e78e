"""Messages that subscribers gave up: kept, listed with what depends on them, replayed or discarded."""

from mdm.hub.publishing.dead_letters.decisions import Chosen, Decided, discard, replay
from mdm.hub.publishing.dead_letters.keeping import keep, position, settle
from mdm.hub.publishing.dead_letters.read import (
    SEVERITIES,
    STATES,
    Filter,
    Group,
    Letter,
    LetterInFull,
    groups,
    page,
    show,
)

__all__ = [
    "SEVERITIES",
    "STATES",
    "Chosen",
    "Decided",
    "Filter",
    "Group",
    "Letter",
    "LetterInFull",
    "discard",
    "groups",
    "keep",
    "page",
    "position",
    "replay",
    "settle",
    "show",
]

"""Replays: golden events that somebody asks to have copied, approved where they are many, counted and reported."""

from mdm.hub.publishing.replays.asking import APPROVAL_ABOVE, Selection, request
from mdm.hub.publishing.replays.deciding import approve, cancel, page, show
from mdm.hub.publishing.replays.running import Job, Portion, advance, finish, next_heads, take
from mdm.hub.publishing.replays.view import STATES, ReplayView

__all__ = [
    "APPROVAL_ABOVE",
    "STATES",
    "Job",
    "Portion",
    "ReplayView",
    "Selection",
    "advance",
    "approve",
    "cancel",
    "finish",
    "next_heads",
    "page",
    "request",
    "show",
    "take",
]

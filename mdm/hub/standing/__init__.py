"""Where the hub stands: what it holds, what is on its way, and whether it can do its work."""

from mdm.hub.standing.counts import (
    Standing,
    crosswalk,
    kilobytes_per_master,
    open_match_reviews,
    open_tasks,
    settled,
    standing,
    tidy,
)

__all__ = [
    "Standing",
    "crosswalk",
    "kilobytes_per_master",
    "open_match_reviews",
    "open_tasks",
    "settled",
    "standing",
    "tidy",
]

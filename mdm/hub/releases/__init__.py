"""Releases: which rules are in force, how files become proposals, and how proposals become rules."""

from mdm.hub.releases.approving import approve, reject, withdraw
from mdm.hub.releases.exchange import export_release, import_release
from mdm.hub.releases.proposals import Document, Proposal, propose, propose_change, propose_rules, store_first
from mdm.hub.releases.rollout import Rollout, Standing, proceed, standing, watch
from mdm.hub.releases.rulebook import Rulebook
from mdm.hub.releases.scheduling import roll_back, schedule, switch_on_approved, switch_on_due
from mdm.hub.releases.view import Comparison, ReleaseView, compare_releases, history, page, show

__all__ = [
    "Comparison",
    "Document",
    "Proposal",
    "ReleaseView",
    "Rollout",
    "Rulebook",
    "Standing",
    "approve",
    "compare_releases",
    "export_release",
    "history",
    "import_release",
    "page",
    "proceed",
    "propose",
    "propose_change",
    "propose_rules",
    "reject",
    "roll_back",
    "schedule",
    "show",
    "standing",
    "store_first",
    "switch_on_approved",
    "switch_on_due",
    "watch",
    "withdraw",
]

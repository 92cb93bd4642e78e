"""Releases: which rules are in force, how files become proposals, and how proposals become rules."""

from mdm.hub.releases.proposals import Document, Proposal, history, propose, store_first
from mdm.hub.releases.rulebook import Rulebook

__all__ = ["Document", "Proposal", "Rulebook", "history", "propose", "store_first"]

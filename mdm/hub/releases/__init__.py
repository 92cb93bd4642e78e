"""Releases: which rules are in force, how files become proposals, and how proposals become rules."""

from mdm.hub.releases.proposals import Document, Proposal, active_catalog, history, propose, store_first

__all__ = ["Document", "Proposal", "active_catalog", "history", "propose", "store_first"]

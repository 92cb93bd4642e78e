"""Domains and the releases of their rules."""

from mdm.entrypoints.api.resources.rules.domains import Domains

__all__ = ["Domains"]

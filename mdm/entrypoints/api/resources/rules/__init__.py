"""Domains and the releases of their rules."""

from mdm.entrypoints.api.resources.rules.domains import Domains
from mdm.entrypoints.api.resources.rules.gauges import InForce
from mdm.entrypoints.api.resources.rules.releases import Releases
from mdm.entrypoints.api.resources.rules.rollouts import Rollouts
from mdm.entrypoints.api.resources.rules.simulations import Simulations

__all__ = ["Domains", "InForce", "Releases", "Rollouts", "Simulations"]

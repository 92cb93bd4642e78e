"""Simulations: what switching a release on would do, computed on live data without changing anything."""

from mdm.hub.releases.simulation.asking import cancel, foretold, of_release, request, show
from mdm.hub.releases.simulation.conduct import Means, simulate, take
from mdm.hub.releases.simulation.view import SimulationView

__all__ = ["Means", "SimulationView", "cancel", "foretold", "of_release", "request", "show", "simulate", "take"]

"""What came of a delivery or decision, step by step, and how long the stages of events take."""

from mdm.hub.publishing.tracing.follow import TraceView, follow
from mdm.hub.publishing.tracing.propagation import (
    BOUNDS,
    STAGES,
    Histogram,
    Propagation,
    StageTimes,
    histograms,
    lag,
    measure,
    measure_due,
    measured_until,
    propagation,
)
from mdm.hub.publishing.tracing.steps import Step

__all__ = [
    "BOUNDS",
    "STAGES",
    "Histogram",
    "Propagation",
    "StageTimes",
    "Step",
    "TraceView",
    "follow",
    "histograms",
    "lag",
    "measure",
    "measure_due",
    "measured_until",
    "propagation",
]

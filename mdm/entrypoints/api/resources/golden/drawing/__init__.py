"""Drawing golden records over time."""

from mdm.entrypoints.api.resources.golden.drawing.charts import of_history, of_timeline
from mdm.entrypoints.api.resources.golden.drawing.svg import Box, Chart, draw

__all__ = ["Box", "Chart", "draw", "of_history", "of_timeline"]

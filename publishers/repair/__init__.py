"""Repairing a stream from the heads: what of the newest events it lacks, and bringing it back byte for byte."""

from publishers.repair.comparing import MENDABLE, Comparison, Difference, Trouble, compare
from publishers.repair.mending import Mended, mend

__all__ = ["MENDABLE", "Comparison", "Difference", "Mended", "Trouble", "compare", "mend"]

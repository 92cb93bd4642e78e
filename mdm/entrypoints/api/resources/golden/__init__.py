"""Golden records: read at two times, searched, revealed, and the trees they stand in."""

from mdm.entrypoints.api.resources.golden.hierarchy import Hierarchy
from mdm.entrypoints.api.resources.golden.looking_back import LookingBack
from mdm.entrypoints.api.resources.golden.records import GoldenRecords
from mdm.entrypoints.api.resources.golden.reveals import Reveals

__all__ = ["GoldenRecords", "Hierarchy", "LookingBack", "Reveals"]

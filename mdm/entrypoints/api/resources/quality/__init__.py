"""`/v1/findings` and `/v1/quality`: what is wrong with records by the rules of quality, and how often."""

from mdm.entrypoints.api.resources.quality.findings import Findings
from mdm.entrypoints.api.resources.quality.report import Quality

__all__ = ["Findings", "Quality"]

"""The proof: every invariant of the hub, checked against what is stored and what is published."""

from mdm.hub.audit.audit import AuditReport, Broken, audit
from mdm.hub.audit.stream import StreamSurvey, begin_survey

__all__ = ["AuditReport", "Broken", "StreamSurvey", "audit", "begin_survey"]

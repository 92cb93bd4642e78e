"""Tries a downstream consumer, in any language, against the rules of subscribing, and says which one it breaks."""

from publishers.conformance.consumer import CannotTry, Consumer
from publishers.conformance.report import Finding, Report
from publishers.conformance.trial import Place, try_consumer

__all__ = ["CannotTry", "Consumer", "Finding", "Place", "Report", "try_consumer"]

"""Why values won and others lost: at any valid and recorded time, and under a proposed release."""

from mdm.hub.explanation.verdicts.asking import verdicts
from mdm.hub.explanation.verdicts.views import Differing, Kept, Pinned, Reasoned, Trusted, Under, Verdicts, Voice

__all__ = ["Differing", "Kept", "Pinned", "Reasoned", "Trusted", "Under", "Verdicts", "Voice", "verdicts"]

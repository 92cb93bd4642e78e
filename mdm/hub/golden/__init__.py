"""Golden records: rebuilt from claims, kept in two times, announced when they change."""

from mdm.hub.golden.draft import Draft
from mdm.hub.golden.rebuild import rebuild
from mdm.hub.golden.touched import Touched

__all__ = ["Draft", "Touched", "rebuild"]

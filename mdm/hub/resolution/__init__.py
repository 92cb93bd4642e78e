"""Who is who: comparing records, clustering them, and keeping the crosswalk."""

from mdm.hub.resolution.candidates import declare
from mdm.hub.resolution.resolve import Resolution, resolve

__all__ = ["Resolution", "declare", "resolve"]

"""Who is who: comparing records, clustering them, and keeping the crosswalk."""

from mdm.hub.resolution.resolve import resolve

__all__ = ["declare", "resolve"]

"""Going on after PostgreSQL was restored to an earlier point: the stream and its subscribers know more than the hub."""

from mdm.hub.publishing.repairing.restored import Report, announce_anew, lost_among, take_over, waiting

__all__ = ["Report", "announce_anew", "lost_among", "take_over", "waiting"]

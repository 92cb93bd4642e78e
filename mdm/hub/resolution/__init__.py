"""Who is who: comparing records, clustering them, and keeping the crosswalk."""

from mdm.hub.resolution.candidates import declare
from mdm.hub.resolution.evidence import evidence_of
from mdm.hub.resolution.resolve import Resolution, partition, resolve, standing_partition

__all__ = ["Resolution", "declare", "evidence_of", "partition", "resolve", "standing_partition"]

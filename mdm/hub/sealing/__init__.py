"""The action log sealed in a chain: who changes, removes or reorders what was logged is found out."""

from mdm.hub.sealing.anchors import Published, published_until
from mdm.hub.sealing.keys import signer_of, trusted_keys
from mdm.hub.sealing.restored import SealsTakenOver, take_over
from mdm.hub.sealing.seals import ROOT, SUBJECT, lag, seal, seal_due
from mdm.hub.sealing.verify import ChainReport, findings, verify

__all__ = [
    "ROOT",
    "SUBJECT",
    "ChainReport",
    "Published",
    "SealsTakenOver",
    "findings",
    "lag",
    "published_until",
    "seal",
    "seal_due",
    "signer_of",
    "take_over",
    "trusted_keys",
    "verify",
]

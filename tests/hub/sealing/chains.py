"""People act, the log is sealed with the key of these tests, and verified against it."""

from mdm.core.security import Actor
from mdm.core.signing import Signer
from mdm.hub.action_log import log_action
from mdm.hub.sealing import ChainReport, Published, seal, verify
from tests.support.hubs import HubUnderTest

ANNA = Actor("anna", frozenset({"steward"}))
SIGNER = Signer.made()


def act(hub: HubUnderTest, *subjects: str) -> None:
    """Log one action per subject, each in a Work of its own."""
    for subject in subjects:
        with hub.hub.begin_as(ANNA) as work:
            log_action(work, action="task.decided", subject=subject, domain="supplier", details={"weight": 12.5})


def sealed(hub: HubUnderTest, signer: Signer = SIGNER) -> int:
    """Seal what is there and return how many actions that were."""
    with hub.hub.begin() as work:
        return seal(work, signer=signer)


def verified(hub: HubUnderTest, *, published: Published | None = None) -> ChainReport:
    """Verify the log against the test's key."""
    with hub.hub.begin() as work:
        return verify(work, trusted={SIGNER.public_key}, published=published)

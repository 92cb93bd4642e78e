"""A hub whose people have acted."""

import pytest

from tests.hub.sealing.chains import act, sealed
from tests.support.hubs import HubUnderTest


@pytest.fixture
def chained(hub: HubUnderTest) -> HubUnderTest:
    """A hub with actions 1 to 7: two in seal 1, three in seal 2, two in seal 3; an eighth awaits its seal."""
    for subjects in (("s/1", "s/2"), ("s/3", "s/4", "s/5"), ("s/6", "s/7")):
        act(hub, *subjects)
        sealed(hub)
    act(hub, "s/8")
    return hub

import pytest

from tests.support.hubs import HubUnderTest
from tests.support.people import People


@pytest.fixture
def people(hub: HubUnderTest) -> People:
    return People(hub)

from collections.abc import Iterator

import pytest

from tests.support.hubs import HubUnderTest, opened_hub


@pytest.fixture
def hub(database: str) -> Iterator[HubUnderTest]:
    """An opened hub on a database of its own."""
    with opened_hub(database) as opened:
        yield opened

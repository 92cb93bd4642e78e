"""What a hub announces of everything there is."""

from collections.abc import Iterator

import pytest

from tests.publishers.contracts.story import Announced, told
from tests.support.servers import ForgetfulPostgres


@pytest.fixture(scope="session")
def events(postgres_server: ForgetfulPostgres, prepared_template: str) -> Iterator[list[Announced]]:
    dsn = postgres_server.create(template=prepared_template)
    with told(dsn) as found:
        yield found
    postgres_server.drop(dsn)

"""A prepared hub behind its API, with one key per role."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from mdm import bootstrap
from mdm.core.security import ROLES
from mdm.hub.access import create_key
from mdm.settings import Settings
from tests.entrypoints.api.calling import LIMITED, Api, OpenApi, Template, opened
from tests.support.servers import ForgetfulPostgres


@pytest.fixture(scope="session")
def hub_template(postgres_server: ForgetfulPostgres, migrated_template: str) -> Template:
    dsn = postgres_server.create(template=migrated_template)
    bootstrap.prepare(Settings(), dsn)
    with bootstrap.open_hub(Settings(), dsn) as hub, hub.begin() as work:
        keys = {role: create_key(work, name=role, roles=[role])[1] for role in ROLES}
        keys[LIMITED] = create_key(work, name=LIMITED, roles=list(ROLES), domains=["customer"])[1]
    return Template(dsn.rpartition("/")[2], keys)


@pytest.fixture
def hub_database(postgres_server: ForgetfulPostgres, hub_template: Template) -> Iterator[str]:
    """DSN of a fresh prepared database."""
    dsn = postgres_server.create(template=hub_template.name)
    yield dsn
    postgres_server.drop(dsn)


@pytest.fixture
def open_api(postgres_server: ForgetfulPostgres, hub_template: Template) -> Iterator[OpenApi]:
    """Opens the API of a fresh hub, with settings of the test's own."""
    with ExitStack() as closing:
        yield lambda **given: closing.enter_context(opened(postgres_server, hub_template, **given))


@pytest.fixture
def api(open_api: OpenApi) -> Api:
    """The API of a fresh hub."""
    return open_api()


@pytest.fixture(scope="session")
def idle_api(postgres_server: ForgetfulPostgres, hub_template: Template) -> Iterator[Api]:
    """The API of a hub that tests only ask, never change."""
    with opened(postgres_server, hub_template) as idle:
        yield idle

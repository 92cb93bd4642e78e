"""Fixtures every test may ask for; those on real servers set the markers `postgres` and `nats`."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from mdm import bootstrap, embedded
from mdm.settings import Settings
from tests.support.hubs import HubUnderTest, opened_hub
from tests.support.nats_cluster import NatsCluster
from tests.support.servers import ForgetfulPostgres, KillableNats, KillablePostgres, delete_streams, open_folder

MARKERS = {
    "postgres": {"postgres_server", "durable_postgres"},
    "nats": {"nats_server", "durable_nats", "nats_cluster", "durable_cluster"},
}
LONG = ("chaos", "benchmark")


def pytest_configure(config: pytest.Config) -> None:
    """Leave out the long tests unless they are asked for by their marker; then properties are tried longer too."""
    settings.register_profile("suite", max_examples=40)
    settings.register_profile("chaos", max_examples=400)
    settings.load_profile("chaos" if "chaos" in config.option.markexpr else "suite")
    for marker in LONG:
        chosen = config.option.markexpr
        if marker not in chosen:
            config.option.markexpr = f"({chosen}) and not {marker}" if chosen else f"not {marker}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker, fixtures in MARKERS.items():
            if fixtures.intersection(getattr(item, "fixturenames", ())):
                item.add_marker(marker)


@pytest.fixture(autouse=True)
def fresh_logging() -> Iterator[None]:
    """Forget how a test set up logging: its stderr is gone when the next one logs."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def mappings_read_once() -> Iterator[None]:
    """Read the built-in mappings once for all the hubs that tests open."""
    read, patch = bootstrap.mappings, pytest.MonkeyPatch()
    built_in = cache(lambda: read(Settings()))
    patch.setattr(bootstrap, "mappings", lambda settings: read(settings) if settings.mappings_dir else built_in())
    yield
    patch.undo()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[ForgetfulPostgres]:
    """A forgetful PostgreSQL of this test process."""
    with open_folder() as folder:
        server = ForgetfulPostgres(Path(folder) / "postgres")
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def migrated_template(postgres_server: ForgetfulPostgres) -> str:
    """Name of the migrated database that tests get a clone of."""
    return postgres_server.migrated()


@pytest.fixture
def empty_database(postgres_server: ForgetfulPostgres) -> Iterator[str]:
    """DSN of a fresh database without tables."""
    dsn = postgres_server.create()
    yield dsn
    postgres_server.drop(dsn)


@pytest.fixture
def database(postgres_server: ForgetfulPostgres, migrated_template: str) -> Iterator[str]:
    """DSN of a fresh migrated database."""
    dsn = postgres_server.create(template=migrated_template)
    yield dsn
    postgres_server.drop(dsn)


@pytest.fixture(scope="session")
def prepared_template(postgres_server: ForgetfulPostgres, migrated_template: str) -> str:
    """Name of the database with the first releases in force that hubs get a clone of."""
    dsn = postgres_server.create(template=migrated_template)
    bootstrap.prepare(Settings(), dsn)
    return dsn.rpartition("/")[2]


@pytest.fixture
def hub(postgres_server: ForgetfulPostgres, prepared_template: str) -> Iterator[HubUnderTest]:
    """An opened hub on a database of its own."""
    dsn = postgres_server.create(template=prepared_template)
    with opened_hub(dsn, prepared=True) as opened:
        yield opened
    postgres_server.drop(dsn)


@pytest.fixture(scope="session")
def nats_server() -> Iterator[embedded.Nats]:
    """A nats-server of this test process that does not wait for the disk."""
    with open_folder() as folder:
        server = embedded.nats.start(Path(folder) / "nats", variant=embedded.nats.FORGETFUL)
        yield server
        server.stop()


@pytest.fixture
def nats_url(nats_server: embedded.Nats) -> Iterator[str]:
    """URL of a nats-server whose JetStream is empty."""
    yield nats_server.url
    delete_streams(nats_server.url)


@pytest.fixture
def durable_postgres() -> Iterator[Callable[[], KillablePostgres]]:
    """Makes a running durable PostgreSQL that the test may stop, kill and start again."""
    with ExitStack() as closing:

        def make() -> KillablePostgres:
            server = KillablePostgres(Path(closing.enter_context(open_folder(on_disk=True))))
            server.start()
            closing.callback(server.stop)
            return server

        yield make


@pytest.fixture
def durable_nats() -> Iterator[Callable[[], KillableNats]]:
    """Makes a running durable nats-server that the test may stop, kill and start again."""
    with ExitStack() as closing:

        def make() -> KillableNats:
            server = KillableNats(Path(closing.enter_context(open_folder(on_disk=True))))
            server.start()
            closing.callback(server.stop)
            return server

        yield make


@pytest.fixture(scope="session")
def forgetful_cluster() -> Iterator[NatsCluster]:
    """Three nats-servers of this test process that do not wait for the disk."""
    with open_folder() as folder:
        cluster = NatsCluster(Path(folder), durable=False)
        cluster.start()
        yield cluster
        cluster.stop()


@pytest.fixture
def nats_cluster(forgetful_cluster: NatsCluster) -> Iterator[NatsCluster]:
    """Three nats-servers whose JetStream is empty; the test may kill and freeze them."""
    yield forgetful_cluster
    forgetful_cluster.heal()
    delete_streams(forgetful_cluster.url)


@pytest.fixture
def durable_cluster() -> Iterator[NatsCluster]:
    """Three durable nats-servers of this test, with an empty JetStream."""
    with open_folder(on_disk=True) as folder:
        cluster = NatsCluster(Path(folder), durable=True)
        cluster.start()
        yield cluster
        cluster.stop()

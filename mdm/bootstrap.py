"""The one place that knows everything: from settings to an opened hub."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from mdm import sources
from mdm.core import domains
from mdm.core.clock import Clock, utc_now
from mdm.core.ids import lock_number
from mdm.core.security import SYSTEM, Actor
from mdm.errors import Unavailable
from mdm.hub import Hub, releases
from mdm.settings import Settings
from mdm.sources import Registry
from mdm.store import condition, work
from mdm.store import engine as engines
from mdm.store.work import Work

PACKAGE = Path(__file__).parent


def migrations_folder() -> Path:
    """Return where the migrations are: in the installed package, or beside it in a checkout."""
    inside = PACKAGE / "migrations"
    return inside if inside.is_dir() else PACKAGE.parent / "migrations"


def migrate(dsn: str) -> None:
    """Bring the database to the newest schema; of several that try at once one does it, the others wait.

    Raises Unavailable if PostgreSQL cannot be reached.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    engine = engines.create(dsn, pool_size=1)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": lock_number("migrate")})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise work.translated(error) from error
    finally:
        engine.dispose()


def declarations(settings: Settings) -> dict[str, releases.Document]:
    """Read the declaration files: the built-in ones, then the user's own."""
    own = [settings.domains_dir] if settings.domains_dir else []
    return domains.load_documents(*own)


def mappings(settings: Settings) -> Registry:
    """Read the mapping files: the built-in ones, then the user's own."""
    own = [settings.mappings_dir] if settings.mappings_dir else []
    return sources.load_mappings(*own)


def prepare(settings: Settings, dsn: str) -> list[releases.Proposal]:
    """Migrate the database and switch on release 1 of every domain that has none."""
    migrate(dsn)
    with (
        opened_engine(dsn, settings) as engine,
        work.begin(engine, actor=SYSTEM, clock=utc_now, rules=releases.Rulebook()) as first,
    ):
        return releases.store_first(first, declarations(settings))


@contextmanager
def opened_engine(dsn: str, settings: Settings) -> Iterator[Engine]:
    """Connect to PostgreSQL for as long as the block runs."""
    engine = engines.create(dsn, pool_size=settings.pool_size)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def open_hub(settings: Settings, dsn: str, *, clock: Clock = utc_now) -> Iterator[Hub]:
    """Open a hub on a prepared database, with the releases in force; raises Unavailable if it is none."""
    with opened_engine(dsn, settings) as engine:
        rulebook = releases.Rulebook()
        with work.begin(engine, actor=SYSTEM, clock=clock, rules=rulebook) as first:
            if condition.revision(first.session) is None:
                raise Unavailable("The database has never been prepared.", hint="`mdm migrate` does it.")
            attributes = {name: domain.attributes for name, domain in first.catalog.domains.items()}
        registry = mappings(settings)
        registry.check(attributes)
        reach = kill_at(settings.kill_at)

        def begin_as(actor: Actor) -> AbstractContextManager[Work]:
            return work.begin(engine, actor=actor, clock=clock, rules=rulebook, reach=reach)

        yield Hub(begin_as, registry)


def kill_at(point: str | None) -> Callable[[str], None]:
    """Return what ends this process without mercy at a named point of the way; for fault tests."""

    def reach(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return reach


def _without_tracestate(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out of a log line what other systems wrote beside a trace context: it is handed on, not read."""
    entry.pop("tracestate", None)
    return entry


def set_up_logging(settings: Settings) -> None:
    """Log to stderr, as text for people or as JSON for machines."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    logging.basicConfig(level=level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for_machines = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    render = (
        structlog.processors.JSONRenderer()
        if for_machines
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _without_tracestate,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )

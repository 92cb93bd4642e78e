"""The API as an ASGI application: `uvicorn --factory mdm.asgi:create_app`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass

from alembic.script import ScriptDirectory
from litestar import Litestar

from mdm import bootstrap, streams
from mdm.entrypoints import api
from mdm.entrypoints.api.broker import Broker
from mdm.errors import InvalidInput, Unavailable
from mdm.hub import Hub
from mdm.settings import Settings
from publishers import PublishError
from publishers.jetstream import JetStreamBroker, Readers, probe, readers_of

PROBE_SECONDS = 2.0
UNCONFIGURED = "MDM_NATS_URL is not set."
UNNOTICED = "Until then nobody notices what subscribers give up."


def create_app(settings: Settings | None = None) -> Litestar:
    """Return the API of the hub that the settings (unset: the environment) describe."""
    known = settings or Settings.load()
    bootstrap.set_up_logging(known)
    dsn = known.postgres_dsn
    if dsn is None:
        raise InvalidInput("MDM_POSTGRES_DSN is not set.", hint="`mdm up` starts PostgreSQL, NATS and the API.")

    def open_hub() -> AbstractContextManager[Hub]:
        return bootstrap.open_hub(known, dsn)

    newest = ScriptDirectory(str(bootstrap.migrations_folder())).get_current_head()
    return api.create_app(known, open_hub, lambda: _opened_broker(known), revision=newest)


@dataclass(frozen=True, slots=True)
class JetStream:
    """The servers that the settings name."""

    settings: Settings
    golden: JetStreamBroker
    audit: JetStreamBroker
    lost: JetStreamBroker

    async def problems(self) -> Sequence[str]:
        """Return what keeps the streams from doing their work."""
        *found, letters = await asyncio.gather(
            probe(self.golden, streams.golden(self.settings), monitor_url=self.settings.nats_monitor_url),
            probe(self.audit, streams.audit(self.settings)),
            probe(self.lost, streams.dead_letters(self.settings)),
        )
        problems = dict.fromkeys(problem for readiness in found for problem in readiness.problems)
        unnoticed = [f"{problem} {UNNOTICED}" for problem in letters.problems if problem not in problems]
        return [*problems, *unnoticed]

    async def readers(self) -> Readers:
        """Return how far those are who read golden events."""
        try:
            return await readers_of(self.golden)
        except PublishError as error:
            raise Unavailable(error.message, hint=error.hint) from error


class NoBroker:
    """Stands where none is configured."""

    async def problems(self) -> Sequence[str]:
        """Return that there is none."""
        return (UNCONFIGURED,)

    async def readers(self) -> Readers:
        """Raise Unavailable."""
        raise Unavailable(UNCONFIGURED)


@asynccontextmanager
async def _opened_broker(settings: Settings) -> AsyncIterator[Broker]:
    if settings.nats_url is None:
        yield NoBroker()
        return

    def broker(stream: str) -> JetStreamBroker:
        log_in = settings.nats_credentials
        return JetStreamBroker(
            settings.nats_url or "", stream, name="mdm-api", credentials=log_in, timeout=PROBE_SECONDS
        )

    async with (
        broker(settings.stream) as golden,
        broker(settings.audit_stream) as audit,
        broker(settings.dead_letter_stream) as lost,
    ):
        yield JetStream(settings, golden, audit, lost)

"""The API as an ASGI application: `uvicorn --factory mdm.asgi:create_app`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager

from alembic.script import ScriptDirectory
from litestar import Litestar

from mdm import bootstrap, streams
from mdm.entrypoints import api
from mdm.errors import InvalidInput
from mdm.hub import Hub
from mdm.settings import Settings
from publishers.jetstream import JetStreamBroker, probe

PROBE_SECONDS = 2.0
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
    return api.create_app(known, open_hub, lambda: _broker_probe(known), revision=newest)


@asynccontextmanager
async def _broker_probe(settings: Settings) -> AsyncIterator[Callable[[], Awaitable[Sequence[str]]]]:
    if settings.nats_url is None:
        yield _unconfigured
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

        async def ask() -> Sequence[str]:
            *found, letters = await asyncio.gather(
                probe(golden, streams.golden(settings), monitor_url=settings.nats_monitor_url),
                probe(audit, streams.audit(settings)),
                probe(lost, streams.dead_letters(settings)),
            )
            problems = dict.fromkeys(problem for readiness in found for problem in readiness.problems)
            unnoticed = [f"{problem} {UNNOTICED}" for problem in letters.problems if problem not in problems]
            return [*problems, *unnoticed]

        yield ask


async def _unconfigured() -> Sequence[str]:
    return ("MDM_NATS_URL is not set.",)

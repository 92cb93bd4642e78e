"""How to hold a connection to NATS that neither hangs, nor buffers, nor gives up in silence."""

import asyncio
import importlib.util
import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nats.errors
from nats.aio.client import Client
from nats.js.errors import APIError

from publishers.errors import NotReady, Unavailable

logger = logging.getLogger(__name__)
SEED = re.compile(r"SU[A-Z2-7]{56}")
MINIMUM_VERSION = (2, 10)
# What the client raises when nothing can have left this process.
UNREACHABLE = (
    nats.errors.ConnectionClosedError,
    nats.errors.ConnectionDrainingError,
    nats.errors.ConnectionReconnectingError,
    nats.errors.OutboundBufferLimitError,
    nats.errors.NoServersError,
    OSError,
)


class TolerantClient(Client):
    """A client that gets a message without its headers where these cannot be read, instead of reading nothing more."""

    async def _process_headers(self, headers: Any) -> dict[str, str] | None:
        try:
            return await super()._process_headers(headers)
        except (IndexError, ValueError) as error:
            logger.warning("a message has headers that cannot be read: %r", error)
            return None


@dataclass(slots=True)
class Link:
    """A connection, and what its callbacks note."""

    client: Client
    losses: int = 0  # how often the connection was lost; the client restores it
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    complaint: str | None = None  # what was logged last since the connection was there

    async def close(self) -> None:
        """Close the connection for good."""
        try:
            await self.client.close()
        except OSError as error:  # lost just now, with what was still to be sent
            logger.info("NATS connection ended before it was closed: %r", error)
        self.closed.set()


async def connect(
    url: str,
    *,
    name: str,
    credentials: Path | None = None,
    timeout: float = 5.0,  # noqa: ASYNC109 (the client has none)
) -> Link:
    """Connect to one of the servers at `url` (several: separated by commas).

    `credentials` is a file to log in with: .creds, or the seed of an nkey. Raises Unavailable if no server answers in
    time and NotReady if it is too old, or this URL or these credentials cannot be used.
    """
    link, login = Link(TolerantClient()), _login(credentials)
    _check(url)
    try:
        await asyncio.wait_for(_open(link, url, name=name, login=login), timeout)
    except TimeoutError as error:
        reason = link.client.last_error or "no answer"
        await link.close()
        raise Unavailable(f"No NATS server at {_without_secrets(url)}: {reason}.") from error
    except BaseException:
        await link.close()
        raise
    version = link.client.connected_server_version
    if (version.major, version.minor) < MINIMUM_VERSION:
        await link.close()
        raise NotReady(
            f"The NATS server is {version.major}.{version.minor}.",
            hint="Publishing needs nats-server {}.{} or newer.".format(*MINIMUM_VERSION),
        )
    return link


async def _open(link: Link, url: str, *, name: str, login: dict[str, Any]) -> None:
    async def disconnected() -> None:  # an exception in a callback would stop the client from reconnecting
        link.losses += 1

    async def closed() -> None:
        link.closed.set()

    async def reconnected() -> None:
        link.complaint = None

    async def failed(error: Exception) -> None:
        if repr(error) != link.complaint:  # the client tries every second
            link.complaint = repr(error)
            logger.info("NATS connection of %s: %r", name, error)

    await link.client.connect(
        servers_of(url),
        name=name,
        **login,
        pending_size=0,  # what is published while disconnected must fail, not appear minutes later
        ping_interval=5,
        max_outstanding_pings=2,  # a frozen server is noticed after seconds
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        connect_timeout=2,
        disconnected_cb=disconnected,
        reconnected_cb=reconnected,
        closed_cb=closed,
        error_cb=failed,
    )


def reason(error: Exception) -> str:
    """Return in words what the server, or the client, says is wrong."""
    if isinstance(error, APIError):
        return error.description or "JetStream does not answer"
    return str(error) or type(error).__name__


def servers_of(url: str) -> list[str]:
    """Return the URLs of all servers."""
    return [server for server in map(str.strip, url.split(",")) if server]


def _check(url: str) -> None:
    for server in servers_of(url):
        parts = urlsplit(server if "//" in server else f"nats://{server}")
        try:
            possible = bool(parts.hostname) and parts.port != 0
        except ValueError:
            possible = False
        if not possible:
            raise NotReady(
                f"{_without_secrets(server)} is no URL of a NATS server.", hint="It looks like nats://host:4222."
            )


def _login(credentials: Path | None) -> dict[str, Any]:
    if credentials is None:
        return {}
    try:
        text = credentials.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise NotReady(f"The credentials of NATS in {credentials} cannot be read: {error}.") from error
    if importlib.util.find_spec("nkeys") is None:
        raise NotReady("Logging in to NATS with a file needs nkeys.", hint="Install it: pip install 'nats-py[nkeys]'.")
    if "BEGIN NATS USER JWT" in text:
        return {"user_credentials": str(credentials)}
    if not SEED.fullmatch(text.strip()):
        raise NotReady(f"{credentials} holds neither credentials (.creds) nor the seed of a user's nkey.")
    return {"nkeys_seed": str(credentials)}


def _without_secrets(url: str) -> str:
    return ", ".join(server.rsplit("@", 1)[-1].removeprefix("nats://") for server in servers_of(url))

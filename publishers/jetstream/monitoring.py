"""What the monitoring endpoints of the servers of a cluster say of how they keep their streams."""

import asyncio
import json
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass

from publishers.jetstream.connection import servers_of

PATIENCE = 2  # seconds


@dataclass(frozen=True, slots=True)
class Server:
    """A server as its endpoint describes it; `cluster_size` counts the servers of its JetStream, itself too."""

    url: str
    sync_always: bool
    stored: int
    most: int  # bytes it may store
    cluster_size: int


async def ask(urls: str) -> tuple[Sequence[Server], Sequence[str]]:
    """Return the servers that answer at these URLs (separated by commas), and what is wrong with the others."""
    answers = await asyncio.gather(*(asyncio.to_thread(_ask, url) for url in servers_of(urls)))
    servers = [answer for answer in answers if isinstance(answer, Server)]
    return servers, [answer for answer in answers if isinstance(answer, str)]


def _ask(url: str) -> Server | str:
    try:
        if not url.startswith(("http://", "https://")):
            raise ValueError("it is not an http URL")
        with urllib.request.urlopen(f"{url.rstrip('/')}/jsz", timeout=PATIENCE) as answer:  # noqa: S310 (checked above)
            found = json.load(answer)
        return Server(
            url,
            sync_always=bool(found["config"].get("sync_always", False)),
            stored=found["storage"],
            most=found["config"].get("max_storage", 0),
            cluster_size=found.get("meta_cluster", {}).get("cluster_size", 1),
        )
    except (OSError, ValueError, KeyError) as error:
        return f"The monitoring endpoint {url} does not answer: {error}."

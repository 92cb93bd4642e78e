"""Whether a server and its stream keep what they acknowledge, and what is missing if not."""

import asyncio
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from nats.js import api

from publishers.errors import BrokerError, NotReady
from publishers.jetstream.broker import JetStreamBroker
from publishers.jetstream.provision import StreamPlan


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found; `sync_always` is None when no monitoring endpoint was asked."""

    problems: tuple[str, ...]
    server_version: str | None = None
    sync_always: bool | None = None

    @property
    def ready(self) -> bool:
        """Return whether nothing is missing."""
        return not self.problems


async def probe(broker: JetStreamBroker, plan: StreamPlan, *, monitor_url: str | None = None) -> Readiness:
    """Ask the stream's leader, and the monitoring endpoint if its URL is given; never raise."""
    try:
        version = (await broker.connected()).client.connected_server_version
        info = await broker.info()
    except (BrokerError, NotReady) as error:
        return Readiness((str(error),))
    problems = [*_limits(info), *_differences(plan, info.config)]
    sync_always = None
    if monitor_url is not None:
        try:
            sync_always = await asyncio.to_thread(_sync_always, monitor_url)
        except (OSError, ValueError, KeyError) as error:
            problems.append(f"The monitoring endpoint {monitor_url} does not answer: {error}.")
        else:
            if not sync_always:
                problems.append("NATS acknowledges before it syncs to disk; set `jetstream { sync_interval: always }`.")
    return Readiness(tuple(problems), f"{version.major}.{version.minor}.{version.patch}", sync_always)


def _differences(plan: StreamPlan, existing: api.StreamConfig) -> list[str]:
    return [
        f"Stream {plan.name} has {name} {_shown(old)}, planned is {_shown(new)}; provision it again."
        for name, (old, new) in plan.difference(existing).items()
    ]


def _limits(info: api.StreamInfo) -> list[str]:
    config, state = info.config, info.state
    full = (config.max_bytes or -1) > 0 and state.bytes >= (config.max_bytes or 0)
    return [f"Stream {config.name} is full with {state.bytes:,} bytes; raise max_bytes."] if full else []


def _shown(setting: Any) -> Any:
    return getattr(setting, "value", setting)


def _sync_always(monitor_url: str) -> bool:
    if not monitor_url.startswith(("http://", "https://")):
        raise ValueError("it is not an http URL")
    with urllib.request.urlopen(f"{monitor_url.rstrip('/')}/jsz", timeout=2) as answer:  # noqa: S310 (checked above)
        return bool(json.load(answer)["config"].get("sync_always", False))

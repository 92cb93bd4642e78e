"""Whether the servers and a stream keep what they acknowledge, and what is missing if not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nats.js import api

from publishers.errors import BrokerError, NotReady
from publishers.jetstream.broker import JetStreamBroker
from publishers.jetstream.monitoring import Server, ask
from publishers.jetstream.provision import StreamPlan

NEARLY = 0.8  # of a limit, from which on somebody should know


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was found: problems keep the stream from doing its work, warnings will or may.

    `sync_always` is None when no monitoring endpoint was asked or none answered.
    """

    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    server_version: str | None = None
    sync_always: bool | None = None

    @property
    def ready(self) -> bool:
        """Return whether nothing is missing."""
        return not self.problems


async def probe(broker: JetStreamBroker, plan: StreamPlan, *, monitor_url: str | None = None) -> Readiness:
    """Ask the stream's leader, and the monitoring endpoints if their URLs (separated by commas) are given.

    Never raises.
    """
    try:
        version = (await broker.connected()).client.connected_server_version
        info = await broker.info()
    except (BrokerError, NotReady) as error:
        return Readiness((str(error),))
    problems = [*_unsafe(info), *_differences(plan, info.config)]
    warnings = [*_nearly_full(info), *_replicas(info)]
    sync_always = None
    if monitor_url is not None:
        servers, silent = await ask(monitor_url)
        (warnings if servers else problems).extend(silent)
        problems += _unsynced(servers)
        warnings += [*_stores(servers), *([] if silent else _unasked(servers))]
        sync_always = all(server.sync_always for server in servers) if servers else None
    return Readiness(tuple(problems), tuple(warnings), f"{version.major}.{version.minor}.{version.patch}", sync_always)


def _unsafe(info: api.StreamInfo) -> Iterator[str]:
    config, state = info.config, info.state
    most = config.max_bytes or -1
    if 0 < most <= state.bytes:
        yield f"Stream {config.name} is full with {state.bytes:,} bytes; raise max_bytes."
    if config.persist_mode == "async":
        yield f"Stream {config.name} acknowledges before it writes; make it anew with persist_mode default."
    if info.cluster and not info.cluster.leader:
        yield f"Stream {config.name} has no leader; bring back most of its servers."


def _differences(plan: StreamPlan, existing: api.StreamConfig) -> list[str]:
    return [
        f"Stream {plan.name} has {name} {_shown(old)}, planned is {_shown(new)}; provision it again."
        for name, (old, new) in plan.difference(existing).items()
    ]


def _nearly_full(info: api.StreamInfo) -> Iterator[str]:
    most, used = info.config.max_bytes or -1, info.state.bytes
    if most > 0 and NEARLY <= used / most < 1:
        yield f"Stream {info.config.name} is {used / most:.0%} full; raise max_bytes before it refuses."


def _replicas(info: api.StreamInfo) -> Iterator[str]:
    for replica in (info.cluster.replicas if info.cluster else None) or ():
        if replica.offline:
            yield f"Stream {info.config.name}: its replica on {replica.name} is offline; bring that server back."
        elif not replica.current:
            behind = f", {replica.lag:,} operations behind" if replica.lag else ""
            yield f"Stream {info.config.name}: its replica on {replica.name} is not current{behind}."


def _unsynced(servers: Sequence[Server]) -> Iterator[str]:
    at = ", ".join(server.url for server in servers if not server.sync_always)
    if at:
        yield f"NATS acknowledges before it syncs to disk ({at}); set `jetstream {{ sync_interval: always }}`."


def _stores(servers: Sequence[Server]) -> Iterator[str]:
    for server in servers:
        if 0 < server.most * NEARLY <= server.stored:
            yield f"The store of {server.url} is {server.stored / server.most:.0%} full; enlarge max_file_store."


def _unasked(servers: Sequence[Server]) -> Iterator[str]:
    size = max((server.cluster_size for server in servers), default=0)
    if size > len(servers):
        yield f"Only {len(servers)} of {size} servers of the cluster were asked how they sync; name the URLs of all."


def _shown(setting: Any) -> Any:
    return getattr(setting, "value", setting)

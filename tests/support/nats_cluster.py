"""Three nats-servers on the loopback address that are one JetStream, each of which may be killed or frozen."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import nats

from mdm.embedded import processes
from mdm.embedded.nats import Variant
from tests.support.servers import KillableNats

NAMES = ("n1", "n2", "n3")


@dataclass
class NatsCluster:
    """A cluster of three."""

    folder: Path
    durable: bool
    nodes: dict[str, KillableNats] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The URLs of all nodes, separated by commas."""
        return ",".join(node.url for node in self.nodes.values())

    @property
    def monitor_url(self) -> str:
        """The URLs of all monitoring endpoints, separated by commas."""
        return ",".join(node.monitor_url for node in self.nodes.values())

    def start(self) -> None:
        """Start all nodes and wait until each knows the others."""
        ports = processes.free_ports(*[None] * len(NAMES))
        routes = ", ".join(f"nats://127.0.0.1:{port}" for port in ports)
        for name, port in zip(NAMES, ports, strict=True):
            lines = ("cluster {", "  name: test", f"  listen: 127.0.0.1:{port}", f"  routes: [{routes}]",
                     "  no_advertise: true", "}")  # fmt: skip
            variant = Variant(name=name, lines=lines, durable=self.durable, wait=False)
            self.nodes[name] = KillableNats(self.folder / name, variant)
            self.nodes[name].start()
        self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        """Wait until every node is current with all its streams."""
        for node in self.nodes.values():
            node.server.wait_until_healthy()

    def heal(self) -> None:
        """Thaw and start again whatever a test has frozen or killed, and wait until all is well."""
        for node in self.nodes.values():
            if node.server.process.poll() is None:
                node.thaw()
            else:
                node.start()
        self.wait_until_healthy()

    def stop(self) -> None:
        """End all nodes."""
        for node in self.nodes.values():
            processes.kill(node.server.process)

    def leader(self, stream: str) -> KillableNats:
        """Return the node that leads a stream."""
        return self.nodes[asyncio.run(self.leader_name(stream))]

    async def leader_name(self, stream: str) -> str:
        """Return the name of the node that leads a stream."""
        client = await nats.connect(self.url.split(","))
        try:
            info = await client.jetstream().stream_info(stream)
        finally:
            await client.close()
        return info.cluster.leader

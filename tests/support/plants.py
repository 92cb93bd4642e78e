"""A plant's leaf node behind a network that can be cut, with the configuration that is shipped."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nats
import nats.js.errors

from mdm.embedded import processes
from mdm.embedded.nats import Variant
from tests.support.proxy import Proxy
from tests.support.servers import KillableNats, open_folder

DEPLOYED = Path(__file__).parents[2] / "deploy" / "leaf"
PLANT = "kiel"


@dataclass
class HubAndPlant:
    """The hub's server, the plant's, and the network between them."""

    hub: KillableNats
    plant: KillableNats
    network: Proxy


@contextmanager
def hub_and_plant() -> Iterator[HubAndPlant]:
    """Start both servers, connected."""
    [leaf_port] = processes.free_ports(None)
    with open_folder() as folder, Proxy(leaf_port) as network:
        hub = KillableNats(Path(folder) / "hub", _variant("hub", {"0.0.0.0:7422": f"127.0.0.1:{leaf_port}"}))
        plant = KillableNats(
            Path(folder) / PLANT, _variant("plant", {"hub.example.com:7422": f"127.0.0.1:{network.port}"})
        )
        hub.start()
        plant.start()
        asyncio.run(_connected(hub.url))
        yield HubAndPlant(hub, plant, network)
        plant.stop()
        hub.stop()


async def _connected(url: str) -> None:
    """Return when the plant's JetStream answers at the hub."""
    client = await nats.connect(url)
    async with asyncio.timeout(20):
        while True:
            try:
                await client.jetstream(domain=PLANT).account_info()
                break
            except nats.js.errors.ServiceUnavailableError:
                await asyncio.sleep(0.05)
    await client.close()


def _variant(file: str, addresses: dict[str, str]) -> Variant:
    text = (DEPLOYED / f"{file}.conf").read_text()
    for shipped, here in addresses.items():
        assert shipped in text
        text = text.replace(shipped, here)
    [name] = re.findall(r"^server_name: (\S+)$", text, re.MULTILINE)
    [domain] = re.findall(r"^  (domain: \S+)", text, re.MULTILINE)
    leafnodes = text[text.index("leafnodes {") :]
    return Variant(name=name, durable=False, jetstream=(domain,), lines=tuple(leafnodes.splitlines()))

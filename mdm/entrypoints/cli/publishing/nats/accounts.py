"""`mdm nats accounts`: who may do what on NATS, written for the server's configuration, with a key for each party."""

import difflib
import os
from collections.abc import Iterator
from pathlib import Path

from mdm import streams
from mdm.entrypoints.cli.publishing.nats.asking import agreed
from mdm.entrypoints.cli.publishing.nats.parties import Parties
from mdm.errors import InvalidInput
from mdm.settings import Settings
from publishers.jetstream.accounts import DOMAIN, Party, configuration, new_seed, public_key, reader, sender

DONE, NOT_DONE = 0, 1
HUB = "hub"
HEAD = "# Written by `mdm nats accounts`: change the file of parties and write it again.\n"


class Keys:
    """The seeds in a folder, one file for each party that has not made a key itself."""

    def __init__(self, folder: Path) -> None:
        """Know the folder; nothing is written yet."""
        self.folder = folder
        self.new: dict[Path, str] = {}

    def of(self, name: str, known: str | None = None) -> str:
        """Return a party's public key: the known one, or that of its seed, which is made if there is none."""
        if known is not None:
            return known
        file = self.folder / f"{name}.nk"
        try:
            return public_key(file.read_text(encoding="ascii") if file.exists() else self._made(file))
        except (OSError, ValueError) as error:
            raise InvalidInput(f"The seed in {file} cannot be used: {error}.") from error

    def write(self) -> None:
        """Write the new seeds, readable for their owner only."""
        if self.new:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file, seed in self.new.items():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
                opened.write(f"{seed}\n")

    def _made(self, file: Path) -> str:
        return self.new.setdefault(file, new_seed())


def write_accounts(parties: Parties, settings: Settings, *, file: Path, folder: Path, sure: bool) -> int:
    """Show how the file differs, ask, and write it with the seeds that are missing."""
    keys = Keys(folder)
    text = HEAD + configuration(owner_key=keys.of(HUB), parties=list(_parties(parties, settings, keys)))
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    changed = difflib.unified_diff(before.splitlines(), text.splitlines(), str(file), "as it must be", lineterm="")
    if before == text:
        print(f"{file} is as it must be.")
        return DONE
    print("\n".join(changed))
    for seed in keys.new:
        print(f"new key: {seed}")
    if not agreed("Write this?", sure=sure):
        print("Nothing was written.")
        return NOT_DONE
    keys.write()
    file.write_text(text, encoding="utf-8")
    print(f"Written. Include {file.name} in nats-server's configuration and reload it: nats-server --signal reload")
    print(f"The hub logs in with MDM_NATS_CREDENTIALS={folder / HUB}.nk, subscribers with theirs and domain {DOMAIN}.")
    return DONE


def _parties(parties: Parties, settings: Settings, keys: Keys) -> Iterator[Party]:
    for name, source in parties.sources.items():
        key = keys.of(f"source-{name}", source.key)
        yield sender(
            f"SOURCE_{name}", key=key, subjects=f"{streams.DELIVERIES}.{name}.>", heard=f"{streams.ANSWERS}.{name}.>"
        )
    for name, subscriber in parties.subscribers.items():
        consumers = streams.subscriber(settings, name, domains=subscriber.domains)
        key = keys.of(f"subscriber-{name}", subscriber.key)
        yield reader(f"SUBSCRIBER_{name}", key=key, consumers=consumers)

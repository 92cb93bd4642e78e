"""The export files of the demo: dialects, shuffled rows, and here and there a row that nobody can read."""

import re
from collections import defaultdict
from pathlib import Path
from random import Random

import orjson

from mdm.demo.message import Message
from mdm.demo.partners.columns import COLUMNS
from mdm.demo.partners.rows import ROWS

BROKEN_SHARE = 0.001
DIALECTS = {"erp": (";", b"\xef\xbb\xbf", b"\r\n"), "portal": (",", b"", b"\n"), "shop": (",", b"", b"\n")}
FEEDS = {
    ("customer", "crm"): "accounts", ("customer", "erp"): "customers", ("customer", "shop"): "customers",
    ("supplier", "erp"): "suppliers", ("supplier", "portal"): "suppliers", ("supplier", "procurement"): "suppliers",
}  # fmt: skip


class Exports:
    """The rows of all files, kept until they are written."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self.rng = rng
        self.records = 0
        self.broken_rows = 0
        self._files: dict[tuple[int, str, str], list[bytes]] = defaultdict(list)

    def add(self, domain: str, system: str, message: Message) -> None:
        """Take a message into the file of its system and batch."""
        feed = FEEDS[domain, system]
        row = ROWS[system](message, feed)
        if system in DIALECTS:
            delimiter = DIALECTS[system][0]
            values = [row.get(column) or "" for column in COLUMNS[f"{system}/{feed}"]]
            line = delimiter.join([_quoted(value, delimiter) for value in values]).encode()
            name = f"{feed}{'_delta' * message.batch}.csv"
        else:
            line = orjson.dumps(row)
            stem = "account_changes" if message.operation == "partial" else feed
            name = f"{stem}{'_delta' * message.batch}.jsonl"
        self._files[message.batch, system, name].append(line)
        self.records += 1

    def write(self, folder: Path) -> list[tuple[str, str]]:
        """Write every file and return (source, path below the folder) in the order in which to load them."""
        written = []
        for (batch, system, name), lines in sorted(self._files.items(), key=_load_order):
            path = folder / system / name
            path.parent.mkdir(parents=True, exist_ok=True)
            self.rng.shuffle(lines)
            broken = [] if batch else self._broken(lines, system)
            for line in broken:
                lines.insert(self.rng.randrange(len(lines)), line)
            self.broken_rows += len(broken)
            self._write(path, system, name, lines)
            written.append((system, f"{system}/{name}"))
        return written

    def _write(self, path: Path, system: str, name: str, lines: list[bytes]) -> None:
        _, mark, end = DIALECTS.get(system, ("", b"", b"\n"))
        with path.open("wb") as stream:
            if system in DIALECTS:
                delimiter = DIALECTS[system][0]
                header = COLUMNS[f"{system}/{re.split('[._]', name)[0]}"]
                stream.write(mark + delimiter.join(header).encode() + end)
            stream.writelines(line + end for line in lines)

    def _broken(self, lines: list[bytes], system: str) -> list[bytes]:
        """Return damaged copies of some rows."""
        count = max(1, round(len(lines) * BROKEN_SHARE))
        damage = _damage_cells if system in DIALECTS else _damage_object
        delimiter = DIALECTS.get(system, (",", b"", b""))[0].encode()
        return [damage(self.rng, self.rng.choice(lines), delimiter) for _ in range(count)]


def _load_order(file: tuple[tuple[int, str, str], list[bytes]]) -> tuple[int, str, bool, str]:
    """Order files by batch and system, changes after what they change."""
    batch, system, name = file[0]
    return batch, system, name.startswith("account_changes"), name


def _quoted(value: str, delimiter: str) -> str:
    if delimiter in value or '"' in value or "\n" in value:
        return '"' + value.replace('"', '""') + '"'
    return value


def _damage_cells(rng: Random, line: bytes, delimiter: bytes) -> bytes:
    line = line.replace(b'"', b"").replace(b"\n", b" ")
    middle = line.index(delimiter, len(line) // 3)
    return rng.choice(
        (
            line[:middle],
            line[:middle] + delimiter * 3 + line[middle:],
            line[: middle + 1] + b'"' + line[middle + 1 :],
            line[:middle] + b"\xe9\xfc" + line[middle:],
            line[:middle] + b"\0" + line[middle:],
            line[line.index(delimiter) :],
        )
    )


def _damage_object(rng: Random, line: bytes, _: bytes) -> bytes:
    return rng.choice(
        (
            line[: len(line) * 2 // 3],
            line[:-1] + b',"Name":"twice","Name":"again"}',
            line[:-1] + b',"score":NaN}',
            line[:-1] + b',"note":"\xe9"}',
            b"[" + line + b"]",
            line.replace(b'"Id":', b'"ID":').replace(b'"supplierId":', b'"SupplierID":'),
        )
    )

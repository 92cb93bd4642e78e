"""The export files of the demo: dialects, shuffled rows, and here and there a row that nobody can read."""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

import orjson

from mdm.demo.feeds import COLUMNS, DIALECTS, DOMAINS, FEEDS
from mdm.demo.message import Message

BROKEN_SHARE = 0.001
LATER = ("", "_delta", "_delta_2")  # what the names of files of a batch end in
KEY_FIELDS = (
    (b'"Id":', b'"ID":'),
    (b'"supplierId":', b'"SupplierID":'),
    (b'"ID":', b'"id":'),
    (b'"number":', b'"no":'),
    (b'"node":', b'"no":'),
)


class File(NamedTuple):
    """An export file by what decides its place in the order of loading; changes come after what they change."""

    batch: int
    rank: int
    system: str
    has_changes: bool
    name: str
    domain: str


class Exports:
    """The rows of all files, kept until they are written."""

    def __init__(self, draw: Callable[[str], Random]) -> None:
        """Draw what concerns a domain from `draw(domain)`."""
        self.draw = draw
        self.records = 0
        self.broken_rows = 0
        self._files: dict[File, list[bytes]] = defaultdict(list)

    def add(self, domain: str, system: str, message: Message) -> None:
        """Take a message into the file of its system and batch."""
        feed = FEEDS[domain, system]
        row = feed.row(message)
        partial = message.operation == "partial"
        stem = "account_changes" if partial else feed.name
        if system in DIALECTS:
            delimiter = DIALECTS[system][0]
            values = [row.get(column) or "" for column in COLUMNS[f"{system}/{feed.name}"]]
            line = delimiter.join([_quoted(value, delimiter) for value in values]).encode()
        else:
            line = orjson.dumps(row)
        name = f"{stem}{LATER[message.batch]}.{'csv' if system in DIALECTS else 'jsonl'}"
        rank = max(0, DOMAINS.index(domain) - 1)  # customers and suppliers come together, system by system
        self._files[File(message.batch, rank, system, partial, name, domain)].append(line)
        self.records += 1

    @property
    def first_files(self) -> int:
        """How many files there are of the first batch."""
        return sum(1 for file in self._files if not file.batch)

    def write(self, folder: Path) -> list[tuple[str, str]]:
        """Write every file and return (source, path below the folder) in the order in which to load them."""
        written = []
        for file, lines in sorted(self._files.items()):
            path = folder / file.system / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            rng = self.draw(file.domain)
            rng.shuffle(lines)
            broken = [] if file.batch else _broken(rng, lines, file.system)
            for line in broken:
                lines.insert(rng.randrange(len(lines)), line)
            self.broken_rows += len(broken)
            _write(path, file, lines)
            written.append((file.system, f"{file.system}/{file.name}"))
        return written


def _write(path: Path, file: File, lines: list[bytes]) -> None:
    _, mark, end = DIALECTS.get(file.system, ("", b"", b"\n"))
    with path.open("wb") as stream:
        if file.system in DIALECTS:
            delimiter = DIALECTS[file.system][0]
            header = COLUMNS[f"{file.system}/{FEEDS[file.domain, file.system].name}"]
            stream.write(mark + delimiter.join(header).encode() + end)
        stream.writelines(line + end for line in lines)


def _broken(rng: Random, lines: list[bytes], system: str) -> list[bytes]:
    """Return damaged copies of some rows."""
    count = max(1, round(len(lines) * BROKEN_SHARE))
    damage = _damage_cells if system in DIALECTS else _damage_object
    delimiter = DIALECTS.get(system, (",", b"", b""))[0].encode()
    return [damage(rng, rng.choice(lines), delimiter) for _ in range(count)]


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
            _without_key(line),
        )
    )


def _without_key(line: bytes) -> bytes:
    """Return the object with its key under another name."""
    for key, other in KEY_FIELDS:
        if key in line:
            return line.replace(key, other, 1)
    return line

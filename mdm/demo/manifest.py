"""What a generated folder holds, and the truth about it."""

import csv
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path

import orjson

from mdm.core.ids import canonical_json
from mdm.errors import NotFound

Record = tuple[str, str, str]  # domain, source, key
Pair = tuple[tuple[str, str], tuple[str, str]]  # two (source, key) in ascending order
MANIFEST, TRUTH = "manifest.json", "truth.csv"


@dataclass(frozen=True)
class Manifest:
    """The files in load order, their rows, and which records are the same organisation.

    The first `first_files` hold what is taken over at the beginning, the others what happened later; changes that are
    planned take effect after `today`. `records` counts the rows that can be read, repetitions and later versions
    included; `broken_rows` come on top. `truth` names the entity of every record; `deleted` those whose last word is a
    deletion.
    """

    folder: Path
    size: str
    seed: int
    today: str
    files: list[tuple[str, str]]
    first_files: int
    records: int
    broken_rows: int
    truth: dict[Record, str] = field(repr=False)
    deleted: frozenset[Record] = field(repr=False)

    @property
    def source_records(self) -> int:
        """How many records the sources have, the deleted ones included."""
        return len(self.truth)

    def entities(self, domain: str) -> dict[str, list[tuple[str, str]]]:
        """Return the live records (source, key) of every entity of a domain."""
        members: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for record, entity in self.truth.items():
            if record[0] == domain and record not in self.deleted:
                members[entity].append(record[1:])
        return dict(members)

    def true_pairs(self, domain: str) -> frozenset[Pair]:
        """Return all pairs of live records that are the same organisation."""
        groups = self.entities(domain).values()
        return frozenset(pair for group in groups for pair in combinations(sorted(group), 2))

    def save(self) -> None:
        """Write manifest and truth beside the files."""
        with (self.folder / TRUTH).open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("domain", "source", "key", "entity"))
            writer.writerows((*record, entity) for record, entity in sorted(self.truth.items()))
        document = asdict(self) | {"deleted": sorted(self.deleted)}
        for name in ("folder", "truth"):
            del document[name]
        (self.folder / MANIFEST).write_bytes(canonical_json(document) + b"\n")


def load_truth(folder: Path) -> dict[Record, str]:
    """Read truth.csv: the entity of every (domain, source, key)."""
    try:
        with (folder / TRUTH).open(newline="", encoding="utf-8") as stream:
            return {(row["domain"], row["source"], row["key"]): row["entity"] for row in csv.DictReader(stream)}
    except OSError:
        raise NotFound(f"{folder} holds no {TRUTH}.", hint="Generate the demo into it first.") from None


def load_manifest(folder: Path) -> Manifest:
    """Read back what `generate` has written."""
    truth = load_truth(folder)
    document = orjson.loads((folder / MANIFEST).read_bytes())
    files = [(source, path) for source, path in document.pop("files")]
    deleted = frozenset((domain, source, key) for domain, source, key in document.pop("deleted"))
    return Manifest(folder=folder, files=files, deleted=deleted, truth=truth, **document)

"""What a system of the demo exported about one of its records at one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mdm.sources import Operation

View = dict[str, Any]  # the fields of a record by neutral names; absent ones are unknown to the system
Row = dict[str, Any]  # a row of an export, by column


@dataclass(frozen=True, slots=True)
class Message:
    """One row to export; those of batch 1 and 2 are exported after all of the batches before."""

    key: str
    view: View
    version: int
    time: datetime
    operation: Operation = "full"
    effective_from: str | None = None
    batch: int = 0


def present(**fields: Any) -> Row:
    """Return the fields that are known."""
    return {name: value for name, value in fields.items() if value is not None}


def header(text: str) -> tuple[str, ...]:
    """Return the names of columns, which stand between bars."""
    return tuple(name for line in text.split("\n") for name in line.strip().split("|") if name)

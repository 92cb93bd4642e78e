"""What one delivery says, in the shape every reader produces."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

JSON: TypeAlias = Any  # None, bool, int, float, str, or lists and dicts of these
Operation = Literal["full", "partial", "delete"]

OPERATIONS: tuple[Operation, ...] = ("full", "partial", "delete")
LONGEST_KEY = 200
LARGEST_VERSION = 2**63 - 1
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFact:
    """What a delivery says about (domain, source, key) at a source version; all times are aware and in UTC."""

    domain: str
    source: str
    key: str
    operation: Operation = "full"
    version: int | None = None
    source_time: datetime | None = None
    effective_from: datetime | None = None
    replace: bool = False
    master_id: str | None = None
    attributes: dict[str, JSON] = field(default_factory=dict)


def key_problem(key: str) -> str | None:
    """Say what makes this key unusable, if anything."""
    if not key or key.isspace():
        return "it is empty"
    if len(key) > LONGEST_KEY:
        return f"it has {len(key)} characters, at most {LONGEST_KEY} are allowed"
    if bad := UNPRINTABLE.search(key):
        return f"it contains the control character U+{ord(bad.group()):04X}"
    if key != key.strip():
        return "it begins or ends with a blank"
    return None


def shown(value: JSON) -> str:
    """Return a value as a message quotes it: short, on one line."""
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else f'"{value}"'
    text = UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return text if len(text) <= 80 else text[:77] + "…" + ('"' if text.startswith('"') else "")

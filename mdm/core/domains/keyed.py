"""The match model of keyed domains: two records are the same thing if every part of their key is the same."""

from collections.abc import Sequence
from typing import Any

ERROR = 1e-9  # the share of true pairs whose keys differ: so small that no other part of the key makes up for it
SIZE_LIMIT = 1_000


def match_document(key: Sequence[str]) -> dict[str, Any]:
    """Return the match model that a key stands for.

    Every part that is the same weighs one bit, one that differs thirty against it; a match has all. A record without
    a part of its key has no blocking key either: it is compared with none and stands alone.
    """
    all_parts = len(key) - 0.5
    return {
        "prior": 0.5,
        "thresholds": {"review": all_parts, "match": all_parts},
        "columns": {name: {"kind": "text", "of": [name]} for name in key},
        "comparisons": [{"name": name, "column": name, "by": "text", "levels": _levels()} for name in key],
        "keys": [{"name": "key", "parts": list(key)}],
        "clusters": {"size_limit": SIZE_LIMIT, "bridge": {"weight": 0.0, "share": 0.0}},
    }


def _levels() -> list[dict[str, Any]]:
    return [{"level": "same", "m": 1 - ERROR, "u": 0.5}, {"level": "different", "m": ERROR, "u": 0.5}]

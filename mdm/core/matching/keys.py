"""The blocking keys of a record: only records that share one are compared."""

from itertools import product

from mdm.core.matching.columns import Comparable
from mdm.core.matching.model import Key, MatchModel

MOST_KEYS = 8


def block_keys(model: MatchModel, record: Comparable) -> tuple[str, ...]:
    """Return the first eight keys a record can fill, in the model's order, as `name:part|part`."""
    found: dict[str, None] = {}
    for key in model.keys:
        for filled in _filled(key, record):
            found[filled] = None
            if len(found) == MOST_KEYS:
                return tuple(found)
    return tuple(found)


def _filled(key: Key, record: Comparable) -> list[str]:
    alternatives = []
    for column, part in key.parts:
        value = record.get(column)
        parts = part(value) if value else ()
        if not parts:
            return []
        alternatives.append(parts)
    return [f"{key.name}:{'|'.join(parts)}" for parts in product(*alternatives)]

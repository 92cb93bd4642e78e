"""What rules need to know of an attribute, and how they see its values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Plain: TypeAlias = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """An attribute: its type, its owner, and the types of its parts (of a list: of its elements' fields)."""

    type: str
    owner: str
    critical: bool = False
    required: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)

    def plain(self, value: Any) -> Any:
        """Return a standardized value as expressions see it: numbers as numbers."""
        if self.type == "decimal":
            return _number(value)
        if self.type == "keyed_list":
            return [self._part_by_part(element) for element in value]
        return self._part_by_part(value) if self.type == "quantity" else value

    def type_of(self, part: str) -> str:
        """Return the type of a part, or of the attribute itself ('')."""
        return self.parts[part] if part else self.type

    def _part_by_part(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {name: _number(v) if self.parts.get(name) == "decimal" else v for name, v in value.items()}


def contents(value: Any, part: str) -> Iterator[Any]:
    """Yield what a value holds in a part; of a list, that of every element; the value itself for ''."""
    if not part:
        yield value
        return
    for one in value if isinstance(value, list) else [value]:
        if one.get(part) is not None:
            yield one[part]


def _number(value: Any) -> Any:
    try:
        return float(value)
    except ValueError:
        return value

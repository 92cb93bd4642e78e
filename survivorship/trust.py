"""How far each source is believed about each attribute."""

from collections.abc import Mapping
from dataclasses import dataclass, field

UNKNOWN_SOURCE = 0.0  # a source nobody has rated is believed less than any rated one


@dataclass(frozen=True, slots=True)
class SourceTrust:
    """Trust in one source, from 0 to 1: by default, and about single attributes or coupled groups."""

    default: float = UNKNOWN_SOURCE
    attributes: Mapping[str, float] = field(default_factory=dict)

    def about(self, attribute: str) -> float:
        """Return the trust in what this source says about `attribute`."""
        return self.attributes.get(attribute, self.default)

"""How much an agreement on a word or value says: the rarer it is, the more."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2


@dataclass(frozen=True, slots=True)
class Frequencies:
    """A frozen table: the share of records that carry a word or value, as bits."""

    bits: Mapping[str, float]
    unlisted: float

    @classmethod
    def of(cls, shares: Mapping[str, float], *, unlisted: float) -> "Frequencies":
        """Build from shares between 0 and 1; `unlisted` is the share assumed for what the table lacks."""
        return cls({word: -log2(share) for word, share in shares.items()}, -log2(unlisted))

    def of_word(self, word: str) -> float:
        """Return the information in a word; numbers and initials say little whatever the table says."""
        known = self.bits.get(word)
        if known is not None:
            return known
        if len(word) < 3:
            return self.unlisted * len(word) / 4
        return self.unlisted


@dataclass(frozen=True, slots=True)
class Adjustment:
    """How agreement on rare or common words moves a weight: bits above `reference`, within [least, most]."""

    reference: float
    least: float
    most: float

    def of(self, bits: float) -> float:
        """Return the bits to add to the weight of an agreement on words of so many bits."""
        return min(max(bits - self.reference, self.least), self.most)

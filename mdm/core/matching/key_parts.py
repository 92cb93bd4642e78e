"""What blocking keys are made of: the parts of a column that survive typing errors and other spellings."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any

from mdm.core.matching.columns import CODE
from mdm.core.matching.folding import skeleton, sound
from mdm.core.matching.frequencies import Frequencies

Part = Callable[[Any], Sequence[str]]  # a column → the part, or alternatives of it
Addresses = Sequence[Sequence[str]]

AREA = 3  # leading characters of a postal code that name an area
ALTERNATIVES = 2  # more would let one column use up a record's keys
MOST_WORDS = 3
FEWEST_FEATURES = 2  # that make a description of their own
RANKED_FEATURES = 3  # whose pairs are tried
TELLING = (
    "size", "code", "length", "thread", "diameter", "power", "number", "viscosity", "section", "ral", "dn", "micron",
    "volume", "mass", "voltage",
)  # fmt: skip
CACHED = 50_000


def forms(kind: str) -> Collection[str]:
    """Return the names of the parts that a kind of column has."""
    return NAME_PARTS if kind == "names" else PARTS[kind]


def part(kind: str, form: str, frequencies: Frequencies) -> Part:
    """Return what takes a part of a column; `frequencies` tell which words of a name are rare."""
    if kind != "names":
        return PARTS[kind][form]
    take = NAME_PARTS[form]

    @lru_cache(CACHED)
    def ranked(name: str) -> tuple[str, ...]:
        """Return the sounds of a name's words, those that say most first."""
        words = sorted(set(name.split()), key=lambda word: (-frequencies.of_word(word), sound(word)))
        return tuple(dict.fromkeys(map(sound, words)))

    return lambda names: list(dict.fromkeys(take(list(map(ranked, names)))))[:MOST_WORDS]


Ranked = Sequence[tuple[str, ...]]


def _words(names: Ranked) -> Iterable[str]:
    return (word for words in names for word in words[:2])


def _rare(names: Ranked) -> Iterable[str]:
    return (words[0] for words in names)


def _whole(names: Ranked) -> Iterable[str]:
    return ("".join(sorted(words)) for words in names)


NAME_PARTS: Mapping[str, Callable[[Ranked], Iterable[str]]] = {
    "words": _words,  # the two rarest words, as alternatives
    "rare": _rare,
    "whole": _whole,
}


def _given(values: Iterable[str]) -> list[str]:
    return _some(values)


def _postal_codes(addresses: Addresses) -> list[str]:
    return _some(a[4] + a[2] for a in addresses if a[2])


def _areas(addresses: Addresses) -> list[str]:
    return _some(a[4] + a[2][:AREA] for a in addresses if a[2])


def _cities(addresses: Addresses) -> list[str]:
    return _some(a[4] + sound(a[3].replace(" ", "")) for a in addresses if a[3])


def _countries(addresses: Addresses) -> list[str]:
    return _some(a[4] for a in addresses if a[4])


def _doors(addresses: Addresses) -> list[str]:
    """Return the initial of the street's longest word with the number: few doors of one postal code share it."""
    return _some(max(a[0].split(), key=len)[0] + a[1] for a in addresses if a[0] and a[1])


def _mailboxes(online: Iterable[str]) -> list[str]:
    return _some(value for value in online if "@" in value)


def _labels(online: Iterable[str]) -> list[str]:
    """Return domains without what follows the first dot: acme.de and acme.com share it."""
    return _some(skeleton(value.partition(".")[0]) for value in online if "@" not in value)


def _whole_features(features: Sequence[str]) -> list[str]:
    """Return all properties together: the same in every complete description."""
    return [" ".join(sorted(features))] if len(features) >= FEWEST_FEATURES else []


def _all_features(features: Sequence[str]) -> list[str]:
    return [" ".join(sorted(features))] if features else []


def _feature_pairs(features: Sequence[str]) -> list[str]:
    """Return pairs of the properties that differ most among items, without their kinds: 500 mm may be a mere 500."""
    values = [feature.partition("=")[2] for feature in _telling(features)[:RANKED_FEATURES]]
    return [" ".join(sorted(pair)) for pair in combinations(values, 2)]


def _first_feature(features: Sequence[str]) -> list[str]:
    return [feature.partition("=")[2] for feature in _telling(features)[:1]]


def _telling(features: Sequence[str]) -> list[str]:
    return sorted(features, key=lambda feature: (_rank(feature), feature))


def _rank(feature: str) -> int:
    kind = feature.partition("=")[0]
    return TELLING.index(kind) if kind in TELLING else len(TELLING)


def _part_numbers(numbers: Sequence[str]) -> list[str]:
    """Return part numbers of a field, then those that stand in a text."""
    return _some(sorted((number.removeprefix(CODE) for number in numbers), key=len, reverse=True))


def _some(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))[:ALTERNATIVES]


PARTS: Mapping[str, Mapping[str, Part]] = {
    "text": {"": lambda value: [value]},
    "values": {"": _given},
    "addresses": {
        "postal_code": _postal_codes,
        "area": _areas,
        "city": _cities,
        "country": _countries,
        "door": _doors,
    },
    "features": {"whole": _whole_features, "all": _all_features, "pairs": _feature_pairs, "first": _first_feature},
    "makers": {},
    "positions": {},
    "quantities": {},
    "part_numbers": {"": _part_numbers},
    "online": {"mailbox": _mailboxes, "label": _labels},
}

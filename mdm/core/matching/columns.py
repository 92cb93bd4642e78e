"""What matching keeps of a record: compact columns taken from its standardized attributes."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from mdm.core.matching.folding import fold

JSON = Any
Comparable = dict[str, JSON]
Extractor = Callable[[Mapping[str, JSON]], JSON]  # standardized attributes → the column, or something empty

EVERY = "*"
MOST_VALUES = 4  # of one column: more alternatives make comparing slow and agreeing easy
CODE = "code="  # how a property begins that is a code of which nothing more is known
SHORTEST_PART_NUMBER = 5
FEWEST_DIGITS = 3
DEGREES = (90, 180)  # of latitude and longitude, to both sides
COORDINATE = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,10})?")
MEASURED = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,40})? \S+")
MOST_PART_NUMBERS = 8
ADDRESS_PARTS = ("street", "number", "postal_code", "city", "country", "po_box")
SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "gob", "net", "or", "org", "ne"})


def extractor(kind: str, paths: Sequence[str], generic: frozenset[str]) -> Extractor:
    """Return what fills a column from attribute paths such as `contacts.email`, without `generic` values.

    In `description.*.features`, `*` is every language.
    """
    split = tuple(tuple(path.split(".")) for path in paths)
    fill = KINDS[kind]

    def extract(std: Mapping[str, JSON]) -> JSON:
        filled = fill([value for path in split for value in _at(std, path)])
        if isinstance(filled, str):
            return "" if filled in generic else filled
        return [value for value in filled if not isinstance(value, str) or value not in generic]

    return extract


def _at(std: JSON, path: tuple[str, ...]) -> Iterable[JSON]:
    """Yield what is found under a path, going through lists."""
    if isinstance(std, list):
        for element in std:
            yield from _at(element, path)
    elif not path:
        if std not in (None, "", {}):
            yield std
    elif isinstance(std, Mapping):
        for value in std.values() if path[0] == EVERY else [std.get(path[0])]:
            yield from _at(value, path[1:])


def _names(values: Sequence[JSON]) -> list[str]:
    texts = (value.get("core", "") if isinstance(value, Mapping) else str(value) for value in values)
    return _unique(name for name in map(fold, texts) if name)


def _text(values: Sequence[JSON]) -> str:
    return str(values[0]) if values else ""


def _values(values: Sequence[JSON]) -> list[str]:
    return _unique(map(str, values))


def _features(values: Sequence[JSON]) -> list[str]:
    return sorted(set(map(str, values)))


def _quantities(values: Sequence[JSON]) -> list[str]:
    """Return what was measured as `number unit`; nothing where a number cannot be read."""
    measured = (f"{value['value']} {value['unit']}" for value in values if isinstance(value, Mapping))
    return [text for text in measured if MEASURED.fullmatch(text)]


def _positions(values: Sequence[JSON]) -> list[str]:
    """Return latitude and longitude, nothing where one is missing or no number."""
    return list(values) if len(values) == len(DEGREES) and all(map(_fits, values, DEGREES)) else []


def _fits(value: JSON, most: int) -> bool:
    return isinstance(value, str) and COORDINATE.fullmatch(value) is not None and abs(float(value)) <= most


def _makers(values: Sequence[JSON]) -> list[str]:
    """Return the names of makers, and as `~...` the words of texts that may be some."""
    makers = [value for value in values if not _is_text(value)]
    texts = (str(value["unknown"]) for value in values if _is_text(value))
    return _names(makers) + [f"~{words}" for words in dict.fromkeys(texts)]


def _is_text(value: JSON) -> bool:
    return isinstance(value, Mapping) and "unknown" in value


def _part_numbers(values: Sequence[JSON]) -> list[str]:
    """Return part numbers, and the codes among properties that may be some, as `code=...`."""
    found = []
    for text in map(str, values):
        if "=" not in text:
            found.append(text)
        elif text.startswith(CODE) and _tells(text):
            found.append(CODE + text.removeprefix(CODE).upper().replace("O", "0"))
    return list(dict.fromkeys(found))[:MOST_PART_NUMBERS]


def _tells(code: str) -> bool:
    return len(code) >= SHORTEST_PART_NUMBER + len(CODE) and sum(sign.isdigit() for sign in code) >= FEWEST_DIGITS


def _addresses(values: Sequence[JSON]) -> list[list[str]]:
    found = []
    for value in values:
        parts = [str(value.get(part) or "") for part in ADDRESS_PARTS] if isinstance(value, Mapping) else []
        if any(parts) and parts not in found:
            found.append(parts)
    return found[:MOST_VALUES]


def _online(values: Sequence[JSON]) -> list[str]:
    """Return mailboxes, then the domains of mailboxes and web sites."""
    texts = list(map(str, values))
    mailboxes = _unique(text for text in texts if "@" in text)
    domains = (registered_domain(text.rpartition("@")[2]) for text in texts)
    return mailboxes + _unique(domain for domain in domains if "." in domain)


def registered_domain(host: str) -> str:
    """Return what somebody registered of a host name (shop.acme.co.uk → acme.co.uk)."""
    labels = host.rstrip(".").split(".")
    kept = 3 if len(labels) > 2 and labels[-2] in SECOND_LEVEL and len(labels[-1]) == 2 else 2
    return ".".join(labels[-kept:])


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))[:MOST_VALUES]


KINDS: dict[str, Callable[[Sequence[JSON]], JSON]] = {
    "names": _names,
    "text": _text,
    "values": _values,
    "features": _features,
    "part_numbers": _part_numbers,
    "makers": _makers,
    "positions": _positions,
    "quantities": _quantities,
    "addresses": _addresses,
    "online": _online,
}

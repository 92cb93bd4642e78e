"""References to records of other domains: what they name, and what they are once it is known where they lead."""

from typing import Any
from uuid import UUID

from mdm.core.standardize.standard import EMPTY, Context, Finding, Standard, require_text, within
from mdm.core.standardize.text import clean
from mdm.errors import InvalidAttributes

HUB = "hub"  # the source of references that name a master instead of a source's record: the key is its id
PARTS = ("source", "key", "master")
LONGEST = 200  # characters of a source or key
UNRESOLVED = Finding("unresolved_reference", "Nothing is known yet of the record that it names.")


def reference(raw: Any, _context: Context) -> Standard:
    """Read a key in the sending source, `{source, key}` of any source, or `{master}`; where it leads is found later."""
    if not isinstance(raw, dict):
        key = _text(raw)
        return Standard({"key": key}, key) if key else EMPTY
    for part in raw:
        if part not in PARTS:
            raise InvalidAttributes(
                "is not known here", hint=f"A reference has {', '.join(PARTS)}.", path=f".{part[:80]}"
            )
    given = {part: _part(part, raw[part]) for part in PARTS if raw.get(part) not in (None, "")}
    if not given:
        return EMPTY
    if "key" not in given and "master" in given:
        given = {"source": HUB, "key": given["master"]}
    if "key" not in given:
        raise InvalidAttributes("names a source, but no key in it", path="")
    value = {part: given[part] for part in ("source", "key") if part in given}
    if value.get("source") == HUB:
        value["key"] = _master_id(value["key"])
    return Standard(value, "/".join(value.values()))


def name_of(value: dict[str, Any], *, sender: str) -> tuple[str, str]:
    """Return the source and key that a reference names."""
    return value.get("source") or sender, value["key"]


def resolved(value: dict[str, Any], *, sender: str, master: UUID | None) -> Standard:
    """Return a reference that leads to a master, or (None) does not yet; references to one master are equal."""
    source, key = name_of(value, sender=sender)
    found = {"source": source, "key": key, "master": None if master is None else str(master)}
    if master is None:
        return Standard(found, f"{source}/{key}", (UNRESOLVED,))
    return Standard(found, found["master"])


def _text(raw: Any) -> str:
    text = clean(require_text(raw))
    if len(text) > LONGEST:
        raise InvalidAttributes(f"has {len(text):,} characters; at most {LONGEST} are allowed", path="")
    return text


def _part(name: str, raw: Any) -> str:
    try:
        return _text(raw)
    except InvalidAttributes as error:
        raise within(f".{name}", error) from None


def _master_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise InvalidAttributes("is not the id of a master", path=".master") from None

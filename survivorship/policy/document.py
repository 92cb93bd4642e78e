"""The JSON form of a policy: which keys it may have, of which types, and how to say what is wrong."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from survivorship.claim import JSON
from survivorship.errors import Faults, PolicyError
from survivorship.policy.rules import AttributeRule, Rule
from survivorship.policy.trust import NO_DOWNGRADES, Curve, Decay, Downgrades, Rating, SourceTrust

T = TypeVar("T")
POLICY_KEYS = ("attributes", "groups", "sources", "trust", "default", "downgrades")
RULE_KEYS = ("rule", "sources", "key", "empty_wins", "decay", "attribute")
TRUST_KEYS = ("default", "attributes")
RATING_KEYS = ("trust", "decay")
DECAY_KEYS = ("curve", "days", "floor")
DOWNGRADE_KEYS = ("findings", "severities", "severity_of", "floor")
KINDS = {str: "a text", bool: "yes or no (true, false)", int: "a whole number"}


def read_policy(document: JSON) -> dict[str, Any]:
    """Return the fields of a `Policy` from its document; raise `PolicyError` naming the path of every fault."""
    given, faults = _mapping("policy", document), Faults()
    with faults.noted():
        _known("", given, POLICY_KEYS)
    fields: dict[str, Any] = {}
    for name, read in (("attributes", _rule), ("groups", _names), ("trust", _source)):
        with faults.noted():
            fields[name] = _each(name, given.get(name, {}), read, faults)
    with faults.noted():
        fields["sources"] = _names("sources", given.get("sources", []))
    with faults.noted():
        fields["default"] = _rule("default", given.get("default", {"rule": AttributeRule().rule.value}))
    with faults.noted():
        fields["downgrades"] = _downgrades("downgrades", given.get("downgrades", {}))
    faults.raise_any()
    return fields


def _rule(path: str, document: JSON) -> AttributeRule:
    """Return a rule from its document."""
    fields = _fields(path, document, RULE_KEYS)
    if "rule" not in fields:
        raise PolicyError(f"{path}.rule", f"is missing. Use one of {', '.join(Rule)}.")
    name = fields["rule"]
    if name not in list(Rule):
        raise PolicyError(f"{path}.rule", f"there is no rule {name!r}. {suggest(name, Rule)}")
    return AttributeRule(
        rule=Rule(name),
        sources=_names(f"{path}.sources", fields.get("sources", [])),
        key=_optional(str, f"{path}.key", fields.get("key")),
        empty_wins=_of(bool, f"{path}.empty_wins", fields.get("empty_wins", False)),
        decay=_decay(f"{path}.decay", fields.get("decay")),
        attribute=_optional(str, f"{path}.attribute", fields.get("attribute")),
    )


def write_rule(rule: AttributeRule) -> dict[str, JSON]:
    """Return the document of a rule, without what is left at its default."""
    document: dict[str, JSON] = {"rule": rule.rule.value}
    if rule.sources:
        document["sources"] = list(rule.sources)
    if rule.key is not None:
        document["key"] = rule.key
    if rule.empty_wins:
        document["empty_wins"] = True
    if rule.decay is not None:
        document["decay"] = _write_decay(rule.decay)
    if rule.attribute is not None:
        document["attribute"] = rule.attribute
    return document


def write_trust(trust: SourceTrust) -> dict[str, JSON]:
    """Return the document of a source's trust."""
    attributes = {name: _write_rating(rating) for name, rating in trust.attributes.items()}
    return {"default": _write_rating(trust.default), **({"attributes": attributes} if attributes else {})}


def write_downgrades(downgrades: Downgrades) -> dict[str, JSON]:
    """Return the document of what findings take, without what is left at its default."""
    parts = {name: dict(getattr(downgrades, name)) for name in ("findings", "severities", "severity_of")}
    floor = {"floor": downgrades.floor} if downgrades.floor else {}
    return {**{name: part for name, part in parts.items() if part}, **floor}


def suggest(word: object, known: Iterable[str]) -> str:
    """Say which of the known words was probably meant, or list them all."""
    choices = list(map(str, known))
    close = get_close_matches(str(word), choices, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Use one of {', '.join(choices)}."


def _source(path: str, document: JSON) -> SourceTrust:
    fields = _fields(path, document, TRUST_KEYS)
    attributes = _mapping(f"{path}.attributes", fields.get("attributes", {}))
    return SourceTrust(
        default=_rating(f"{path}.default", fields.get("default", SourceTrust().default.trust)),
        attributes={name: _rating(f"{path}.attributes.{name}", rating) for name, rating in attributes.items()},
    )


def _rating(path: str, content: JSON) -> Rating:
    """Read a number, or a mapping with the number and how it fades."""
    if not isinstance(content, Mapping):
        return Rating(_share(path, content))
    fields = _fields(path, content, RATING_KEYS)
    if "trust" not in fields:
        raise PolicyError(f"{path}.trust", "is missing: a number from 0 to 1.")
    return Rating(_share(f"{path}.trust", fields["trust"]), _decay(f"{path}.decay", fields.get("decay")))


def _write_rating(rating: Rating) -> JSON:
    return rating.trust if rating.decay is None else {"trust": rating.trust, "decay": _write_decay(rating.decay)}


def _decay(path: str, document: JSON) -> Decay | None:
    if document is None:
        return None
    fields = _fields(path, document, DECAY_KEYS)
    for name in ("curve", "days"):
        if name not in fields:
            raise PolicyError(f"{path}.{name}", "is missing. A decay has a curve and days.")
    curve = fields["curve"]
    if curve not in list(Curve):
        raise PolicyError(f"{path}.curve", f"there is no curve {curve!r}. {suggest(curve, Curve)}")
    days = _of(int, f"{path}.days", fields["days"])
    return Decay(curve=Curve(curve), days=days, floor=_share(f"{path}.floor", fields.get("floor", 0)))


def _write_decay(decay: Decay) -> dict[str, JSON]:
    return {"curve": decay.curve.value, "days": decay.days, **({"floor": decay.floor} if decay.floor else {})}


def _downgrades(path: str, document: JSON) -> Downgrades:
    fields = _fields(path, document, DOWNGRADE_KEYS)
    shares = {
        name: {word: _share(f"{path}.{name}.{word}", share) for word, share in part.items()}
        for name in ("findings", "severities")
        if (part := _mapping(f"{path}.{name}", fields.get(name, {})))
    }
    severity_of = _mapping(f"{path}.severity_of", fields.get("severity_of", {}))
    read = Downgrades(
        **shares,
        severity_of={name: _of(str, f"{path}.severity_of.{name}", word) for name, word in severity_of.items()},
        floor=_share(f"{path}.floor", fields.get("floor", 0)),
    )
    return NO_DOWNGRADES if read == NO_DOWNGRADES else read


def _share(path: str, content: JSON) -> float:
    if not isinstance(content, int | float) or isinstance(content, bool):
        raise PolicyError(path, f"must be a number from 0 to 1, not {content!r}.")
    return float(content)


def _names(path: str, content: JSON) -> tuple[str, ...]:
    if not isinstance(content, list | tuple):
        raise PolicyError(path, f"must be a list of names, not {content!r}.")
    return tuple(_of(str, f"{path}[{position}]", name) for position, name in enumerate(content))


def _each(path: str, content: JSON, read: Callable[[str, JSON], T], faults: Faults) -> dict[str, T]:
    """Read every entry of a mapping that can be read."""
    found: dict[str, T] = {}
    for name, entry in _mapping(path, content).items():
        with faults.noted():
            found[name] = read(f"{path}.{name}", entry)
    return found


def _fields(path: str, content: JSON, known: tuple[str, ...]) -> Mapping[str, JSON]:
    fields = _mapping(path, content)
    _known(path, fields, known)
    return fields


def _mapping(path: str, content: JSON) -> Mapping[str, JSON]:
    if not isinstance(content, Mapping):
        raise PolicyError(path, f"must be a mapping, not {content!r}.")
    for name in content:
        if not isinstance(name, str):
            raise PolicyError(path, f"the name {name!r} must be a text; put it in quotes.")
    return content


def _optional(kind: type[T], path: str, content: JSON) -> T | None:
    return None if content is None else _of(kind, path, content)


def _of(kind: type[T], path: str, content: JSON) -> T:
    if not isinstance(content, kind) or (kind is int and isinstance(content, bool)):
        raise PolicyError(path, f"must be {KINDS[kind]}, not {content!r}.")
    return content


def _known(path: str, fields: Mapping[str, JSON], known: tuple[str, ...]) -> None:
    for name in fields:
        if name not in known:
            raise PolicyError(f"{path}.{name}".lstrip("."), f"is not known here. {suggest(name, known)}")

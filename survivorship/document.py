"""The JSON form of a policy: which keys it may have, of which types, and how to say what is wrong."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from survivorship.claim import JSON
from survivorship.errors import PolicyError
from survivorship.rules import AttributeRule, Rule
from survivorship.trust import SourceTrust

T = TypeVar("T")
POLICY_KEYS = ("attributes", "groups", "sources", "trust", "default")
RULE_KEYS = ("rule", "sources", "key", "empty_wins")
TRUST_KEYS = ("default", "attributes")


def read_policy(document: JSON) -> dict[str, Any]:
    """Return the fields of a `Policy` from its document; raise `PolicyError` naming the path of the first fault."""
    fields = _mapping("policy", document)
    _known("", fields, POLICY_KEYS)
    attributes = _mapping("attributes", fields.get("attributes", {}))
    groups = _mapping("groups", fields.get("groups", {}))
    trust = _mapping("trust", fields.get("trust", {}))
    return {
        "attributes": {name: _rule(f"attributes.{name}", rule) for name, rule in attributes.items()},
        "groups": {name: _names(f"groups.{name}", members) for name, members in groups.items()},
        "sources": _names("sources", fields.get("sources", [])),
        "trust": {source: _trust(f"trust.{source}", rating) for source, rating in trust.items()},
        "default": _rule("default", fields.get("default", {"rule": AttributeRule().rule.value})),
    }


def write_rule(rule: AttributeRule) -> dict[str, JSON]:
    """Return the document of a rule, without what is left at its default."""
    document: dict[str, JSON] = {"rule": rule.rule.value}
    if rule.sources:
        document["sources"] = list(rule.sources)
    if rule.key is not None:
        document["key"] = rule.key
    if rule.empty_wins:
        document["empty_wins"] = True
    return document


def write_trust(trust: SourceTrust) -> dict[str, JSON]:
    """Return the document of a source's trust."""
    attributes = {"attributes": dict(trust.attributes)} if trust.attributes else {}
    return {"default": trust.default, **attributes}


def suggest(word: object, known: Iterable[str]) -> str:
    """Say which of the known words was probably meant, or list them all."""
    choices = list(map(str, known))
    close = get_close_matches(str(word), choices, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Use one of {', '.join(choices)}."


def _rule(path: str, document: JSON) -> AttributeRule:
    fields = _mapping(path, document)
    _known(path, fields, RULE_KEYS)
    if "rule" not in fields:
        raise PolicyError(f"{path}.rule", f"is missing. Use one of {', '.join(Rule)}.")
    name = fields["rule"]
    if name not in list(Rule):
        raise PolicyError(f"{path}.rule", f"there is no rule {name!r}. {suggest(name, Rule)}")
    key = fields.get("key")
    return AttributeRule(
        rule=Rule(name),
        sources=_names(f"{path}.sources", fields.get("sources", [])),
        key=None if key is None else _of(str, f"{path}.key", key),
        empty_wins=_of(bool, f"{path}.empty_wins", fields.get("empty_wins", False)),
    )


def _trust(path: str, document: JSON) -> SourceTrust:
    fields = _mapping(path, document)
    _known(path, fields, TRUST_KEYS)
    attributes = _mapping(f"{path}.attributes", fields.get("attributes", {}))
    return SourceTrust(
        default=_rating(f"{path}.default", fields.get("default", SourceTrust().default)),
        attributes={name: _rating(f"{path}.attributes.{name}", rating) for name, rating in attributes.items()},
    )


def _rating(path: str, content: JSON) -> float:
    if not isinstance(content, int | float) or isinstance(content, bool):
        raise PolicyError(path, f"must be a number from 0 to 1, not {content!r}.")
    return float(content)


def _names(path: str, content: JSON) -> tuple[str, ...]:
    if not isinstance(content, list | tuple):
        raise PolicyError(path, f"must be a list of names, not {content!r}.")
    return tuple(_of(str, f"{path}[{position}]", name) for position, name in enumerate(content))


def _mapping(path: str, content: JSON) -> Mapping[str, JSON]:
    if not isinstance(content, Mapping):
        raise PolicyError(path, f"must be a mapping, not {content!r}.")
    for name in content:
        if not isinstance(name, str):
            raise PolicyError(path, f"the name {name!r} must be a text; put it in quotes.")
    return content


def _of(kind: type[T], path: str, content: JSON) -> T:
    if not isinstance(content, kind):
        raise PolicyError(path, f"must be a {'text' if kind is str else 'yes or no (true, false)'}, not {content!r}.")
    return content


def _known(path: str, fields: Mapping[str, JSON], known: tuple[str, ...]) -> None:
    for name in fields:
        if name not in known:
            raise PolicyError(f"{path}.{name}".lstrip("."), f"is not known here. {suggest(name, known)}")

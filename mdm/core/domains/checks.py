"""Whether the parts of a domain fit each other: what they name must be declared, and be of the right kind."""

from collections.abc import Collection, Iterator

from mdm.core.domains.declaration import AttributeDeclaration, DomainDeclaration
from mdm.core.matching import MatchModel
from mdm.core.standardize.references import HUB
from mdm.core.yaml_file import suggestion
from mdm.errors import DeclarationError
from survivorship import Policy

OPEN = frozenset({"public", "internal"})
OF_KEYS = frozenset({"text", "code", "identifier", "date", "reference"})  # types whose values identify a thing

Reference = tuple[str, str, Collection[str]]  # path, name, what it may name


def check_references(declared: DomainDeclaration, match: MatchModel) -> None:
    """Raise DeclarationError for the first name that is not declared: it would be ignored without a word."""
    for path, name, known in (*_sources(declared), *_matched(declared, match)):
        if name not in known:
            reason = f"`{name}` is not declared in {declared.domain}.yaml"
            raise DeclarationError(f"{path}: {reason}.", hint=suggestion(name, known), path=path, reason=reason)


def check_names(declared: DomainDeclaration) -> None:
    """Raise DeclarationError for the first thing that refers to an attribute which is not there, or of another kind."""
    if HUB in declared.sources:
        raise DeclarationError(f"sources.{HUB}: references to masters use this name.", path=f"sources.{HUB}")
    for path, name in _named(declared):
        if name not in declared.attributes:
            hint = f"There are {', '.join(declared.attributes)}."
            raise DeclarationError(f"{path}: there is no attribute `{name}`.", hint=hint, path=path)
        if reason := _unfit(path, name, declared.attributes[name]):
            raise DeclarationError(f"{path}: {reason}.", path=path, reason=reason)
    grouped = {member for group in declared.groups.values() for member in group.attributes}
    for name in sorted(grouped):
        if declared.attributes[name].survivorship is not None:
            path = f"attributes.{name}.survivorship"
            raise DeclarationError(f"{path}: its coupled group has the rule; declare it there.", path=path)
    if both := sorted(grouped.intersection(declared.hierarchy)):
        raise DeclarationError(f"hierarchy: `{both[0]}` is in a coupled group; it must stand alone.", path="hierarchy")


def check_policy(declared: DomainDeclaration, policy: Policy) -> None:
    """Raise DeclarationError for the first attribute or group that a rule or a rating names and that is not there."""
    known = {*declared.attributes, *declared.groups}
    for path, name in _ruled(declared, policy):
        if name not in known:
            reason = f"`{name}` is not declared in {declared.domain}.yaml"
            raise DeclarationError(f"{path}: {reason}.", hint=suggestion(name, known), path=path, reason=reason)


def _ruled(declared: DomainDeclaration, policy: Policy) -> Iterator[tuple[str, str]]:
    if policy.default.attribute is not None:
        yield "survivorship.attribute", policy.default.attribute
    for name, rule in policy.attributes.items():
        if rule.attribute is not None:
            room = "groups" if name in declared.groups else "attributes"
            yield f"{room}.{name}.survivorship.attribute", rule.attribute
    for source, trust in policy.trust.items():
        yield from ((f"sources.{source}.trust.attributes", name) for name in trust.attributes)


def _named(declared: DomainDeclaration) -> Iterator[tuple[str, str]]:
    """Yield path and name of whatever refers to an attribute."""
    for group_name, group in declared.groups.items():
        yield from ((f"groups.{group_name}.attributes", name) for name in group.attributes)
    for path in ("search", "key", "hierarchy"):
        yield from ((path, name) for name in getattr(declared, path))
    if declared.site is not None:
        yield "site", declared.site
    for source, of_source in declared.sources.items():
        yield from ((f"sources.{source}.hold.attributes", name) for name in of_source.hold.attributes)
    yield from (("approval.creation", name) for name in declared.approval.creation if name not in declared.groups)


def _unfit(path: str, name: str, attribute: AttributeDeclaration) -> str | None:
    """Say why an attribute cannot be what it is referred to as."""
    if path == "search" and attribute.classification not in OPEN:
        return f"`{name}` is {attribute.classification}; search shows it"
    if path == "key" and attribute.type not in OF_KEYS:
        return f"`{name}` is of type {attribute.type}; a key has {', '.join(sorted(OF_KEYS))}"
    if path == "hierarchy" and attribute.type != "reference":
        return f"`{name}` is no reference"
    return None


def _sources(declared: DomainDeclaration) -> Iterator[Reference]:
    """Yield the sources that survivorship rules name."""
    rules = {"survivorship": declared.survivorship}
    for room, parts in (("attributes", declared.attributes), ("groups", declared.groups)):
        rules |= {f"{room}.{name}.survivorship": part.survivorship or {} for name, part in parts.items()}
    for path, rule in rules.items():
        for at, source in enumerate(rule.get("sources", ())):
            yield f"{path}.sources[{at}]", source, declared.sources


def _matched(declared: DomainDeclaration, match: MatchModel) -> Iterator[Reference]:
    """Yield the attributes, fields and sources that the match model names."""
    for name, column in match.document["columns"].items():
        for at, place in enumerate(column["of"]):
            attribute, _, inner = place.partition(".")
            path = f"match.columns.{name}.of[{at}]"
            yield path, attribute, declared.attributes
            yield from _field(path, inner, declared.attributes.get(attribute))
    for source in sorted(match.rules.one_per_master):
        yield "match.clusters.one_per_master", source, declared.sources


def _field(path: str, inner: str, attribute: AttributeDeclaration | None) -> Iterator[Reference]:
    if attribute is not None and attribute.fields is not None:
        yield path, inner.partition(".")[0], attribute.fields

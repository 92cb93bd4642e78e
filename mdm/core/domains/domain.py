"""A domain, compiled from its declaration and match model, ready to work."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from anyascii import anyascii

from mdm.core.domains.checks import OPEN, check_names, check_policy, check_references
from mdm.core.domains.declaration import (
    STEWARD_SOURCE,
    AttributeDeclaration,
    DomainDeclaration,
    DueDeclaration,
    LimitsDeclaration,
    ReleasesDeclaration,
    SourceDeclaration,
    read_declaration,
)
from mdm.core.domains.keyed import match_document
from mdm.core.domains.reading import Reader, reader
from mdm.core.matching import MatchModel
from mdm.core.quality import NO_RULES, Rules, compile_rules
from mdm.core.security import Actor
from mdm.errors import DeclarationError
from survivorship import Policy, PolicyError

UNDECLARED = SourceDeclaration()
SEARCHED_PARTS = ("street", "postal_code", "city", "key")  # of addresses and references


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """What is mastered and by which rules; `release` is the number under which they are in force, 0 for a file.

    `key` identifies a thing of a keyed domain. `references` says to which domain an attribute leads; those of the
    `hierarchy` lead upward, and the first that has a value names the parent.
    """

    name: str
    title: str
    owner: str
    steward: str
    attributes: Mapping[str, AttributeDeclaration]
    groups: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, SourceDeclaration]
    policy: Policy
    match: MatchModel
    limits: LimitsDeclaration
    readers: Mapping[str, Reader]
    search: tuple[str, ...]
    open: frozenset[str]
    critical: frozenset[str]
    creation: frozenset[str]
    key: tuple[str, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)
    hierarchy: tuple[str, ...] = ()
    site: str | None = None
    quality: Rules = NO_RULES
    due: DueDeclaration = field(default_factory=DueDeclaration)
    releases: ReleasesDeclaration = field(default_factory=ReleasesDeclaration)
    release: int = 0

    def unit_of(self, attribute: str) -> str:
        """Return the coupled group of an attribute, or the attribute itself: what is decided as one."""
        return self.policy.unit_of(attribute)

    def members_of(self, unit: str) -> tuple[str, ...]:
        """Return the attributes of a coupled group, or the one attribute that the unit is."""
        return self.groups.get(unit, (unit,))

    def owner_of(self, unit: str) -> str:
        """Return the role that owns an attribute or coupled group: that of the first member which names one."""
        owners = (self.attributes[name].owner for name in self.members_of(unit))
        return next((owner for owner in owners if owner is not None), self.owner)

    def source_of(self, name: str) -> SourceDeclaration:
        """Return what is declared of a source; of one that is no longer declared, records stay, nothing is."""
        return self.sources.get(name, UNDECLARED)

    @property
    def owners(self) -> frozenset[str]:
        """Return every role that owns something of this domain."""
        return frozenset({self.owner, *(a.owner for a in self.attributes.values() if a.owner is not None)})

    def visible(self, actor: Actor, *, sites: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return the attributes an actor sees unmasked: public and internal ones, and those whose owner he is.

        In a domain with sites, `sites` are those of the record: an owner at other sites alone does not see them.
        """
        at = None if self.site is None else sites
        owned = {name for name in self.attributes if self._owns(actor, name, at)}
        return self.open | owned

    def sites_of(self, attributes: Mapping[str, Any]) -> frozenset[str]:
        """Return the names of the site a record belongs to: a code; of a reference its `source/key` and master id."""
        value = attributes.get(self.site) if self.site is not None else None
        if isinstance(value, Mapping):
            source, key, master = (value.get(part) for part in ("source", "key", "master"))
            record = None if source is None or key is None else f"{source}/{key}"
            return frozenset(name for name in (record, master) if name is not None)
        return frozenset() if value is None else frozenset({str(value)})

    def publishable(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """Return the public and internal attributes: confidential and personal ones travel by channel."""
        return {name: value for name, value in attributes.items() if name in self.open}

    def _owns(self, actor: Actor, name: str, sites: frozenset[str] | None) -> bool:
        return actor.holds(self.owner_of(self.unit_of(name)), domain=self.name, sites=sites)

    def search_text(self, attributes: Mapping[str, Any]) -> str:
        """Return what a golden record can be found by: folded, in lower case."""
        found = (text for name in self.search for text in _texts(attributes.get(name)))
        return anyascii(" ".join(found)).lower()


def parse(document: Mapping[str, Any]) -> Domain:
    """Compile the document of a release ({"declaration", "match"}); raises DeclarationError naming the path.

    A keyed domain has no match model of its own.
    """
    if "declaration" not in document:
        raise DeclarationError("declaration: it is missing.", hint="It is the domain's file.", path="declaration")
    declared = _with_stewards(_in_priority(read_declaration(document["declaration"])))
    check_names(declared)
    match = _match_model(declared, document.get("match"))
    check_references(declared, match)
    subjects = {name: attribute.subject(declared.owner) for name, attribute in declared.attributes.items()}
    quality = compile_rules(declared.quality, subjects)
    policy = _policy(declared, quality)
    check_policy(declared, policy)
    return Domain(
        name=declared.domain,
        title=declared.title,
        owner=declared.owner,
        steward=declared.steward,
        attributes=declared.attributes,
        groups={name: tuple(group.attributes) for name, group in declared.groups.items()},
        sources=declared.sources,
        policy=policy,
        match=match,
        limits=declared.limits,
        readers={name: reader(name, attribute, declared.limits) for name, attribute in declared.attributes.items()},
        search=tuple(declared.search),
        open=frozenset(name for name, a in declared.attributes.items() if a.classification in OPEN),
        critical=_critical(declared, policy),
        creation=frozenset(policy.unit_of(name) for name in declared.approval.creation),
        key=tuple(declared.key),
        references={name: a.to for name, a in declared.attributes.items() if a.to is not None},
        hierarchy=tuple(declared.hierarchy),
        site=declared.site,
        quality=quality,
        due=declared.due,
        releases=declared.releases,
    )


def _critical(declared: DomainDeclaration, policy: Policy) -> frozenset[str]:
    """Return the attributes and coupled groups whose change waits for its owner."""
    return frozenset(policy.unit_of(name) for name, attribute in declared.attributes.items() if attribute.critical)


def _in_priority(declared: DomainDeclaration) -> DomainDeclaration:
    """Put the sources into the order of their priority."""
    if not declared.priority:
        return declared
    if sorted(declared.priority) != sorted(declared.sources):
        reason = "it must name every source once"
        left = [name for name in declared.sources if name not in declared.priority]
        hint = f"It lacks {', '.join(left)}." if left else f"Sources are {', '.join(declared.sources)}."
        raise DeclarationError(f"priority: {reason}.", hint=hint, path="priority", reason=reason)
    return declared.model_copy(update={"sources": {name: declared.sources[name] for name in declared.priority}})


def _with_stewards(declared: DomainDeclaration) -> DomainDeclaration:
    """Add the stewards' own source, after all others, unless the file ranks it itself."""
    if STEWARD_SOURCE in declared.sources:
        return declared
    stewards = SourceDeclaration(title="Data stewards")
    return declared.model_copy(update={"sources": {**declared.sources, STEWARD_SOURCE: stewards}})


def _match_model(declared: DomainDeclaration, document: Mapping[str, Any] | None) -> MatchModel:
    """Compile the match model; what it demands of sources adds to what the declaration says about them."""
    if declared.key and document is not None:
        reason = "a keyed domain has none: its key says who is who"
        raise DeclarationError(f"match: {reason}.", hint="Remove the match file, or the key.", path="match")
    if not declared.key and document is None:
        raise DeclarationError("match: it is missing.", hint="A matched domain has a match model.", path="match")
    try:
        match = MatchModel.from_document(match_document(declared.key) if document is None else document)
    except DeclarationError as error:
        path = f"match.{error.details.get('path', '')}"
        raise DeclarationError(error.message, hint=error.hint, path=path) from error
    unique = {name for name, source in declared.sources.items() if source.one_per_master}
    return replace(match, rules=replace(match.rules, one_per_master=match.rules.one_per_master | unique))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (value[part] for part in SEARCHED_PARTS if part in value)
    elif value is not None:
        yield str(value)


def _policy(declared: DomainDeclaration, quality: Rules) -> Policy:
    rules = {
        name: _rule(attribute)
        for name, attribute in declared.attributes.items()
        if attribute.survivorship is not None or attribute.type == "keyed_list"
    }
    rules |= {name: group.survivorship for name, group in declared.groups.items() if group.survivorship is not None}
    document = {
        "attributes": rules,
        "groups": {name: group.attributes for name, group in declared.groups.items()},
        "sources": list(declared.sources),
        "trust": {name: _trust(source) for name, source in declared.sources.items()},
        "default": declared.survivorship,
        "downgrades": _downgrades(declared.downgrades, quality),
    }
    try:
        return Policy.from_document(document)
    except PolicyError as error:
        path = _path_in_file(error.path, declared)
        others = [f"{_path_in_file(other.path, declared)}: {other.reason}" for other in error.others]
        hint = f"Also, {' '.join(others)}" if others else None
        raise DeclarationError(f"{path}: {error.reason}", hint=hint, path=path, reason=error.reason) from error


def _downgrades(declared: Mapping[str, Any], quality: Rules) -> Mapping[str, Any]:
    """Add how severe each finding is, as far as the severity lowers trust."""
    severities = declared.get("severities")
    if not isinstance(severities, Mapping):
        return declared
    known = {code: severity for code, severity in quality.severities().items() if severity in severities}
    return {**declared, "severity_of": {**known, **declared.get("severity_of", {})}}


def _trust(source: SourceDeclaration) -> Any:
    return source.trust if isinstance(source.trust, Mapping) else {"default": source.trust}


def _rule(attribute: AttributeDeclaration) -> dict[str, Any]:
    given = attribute.survivorship or {"rule": "union"}
    return {**given, "key": attribute.key} if given.get("rule") == "union" else given


def _path_in_file(path: str, declared: DomainDeclaration) -> str:
    """Translate a path in the policy into one in the domain's file."""
    room, _, rest = path.partition(".")
    if room == "default":
        return f"survivorship.{rest}"
    if room == "attributes":
        name, _, inner = rest.partition(".")
        return f"{'groups' if name in declared.groups else 'attributes'}.{name}.survivorship.{inner}"
    if room == "trust":
        name, _, inner = rest.partition(".")
        whole = not isinstance(declared.sources[name].trust, Mapping)
        return f"sources.{name}.trust" if whole or not inner else f"sources.{name}.trust.{inner}"
    return path

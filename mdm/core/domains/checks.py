"""Whether the parts of a domain fit each other: what its rules and its match model name must be declared."""

from collections.abc import Collection, Iterator

from mdm.core.domains.declaration import AttributeDeclaration, DomainDeclaration
from mdm.core.matching import MatchModel
from mdm.core.yaml_file import suggestion
from mdm.errors import DeclarationError

Reference = tuple[str, str, Collection[str]]  # path, name, what it may name


def check_references(declared: DomainDeclaration, match: MatchModel) -> None:
    """Raise DeclarationError for the first name that is not declared: it would be ignored without a word."""
    for path, name, known in (*_sources(declared), *_matched(declared, match)):
        if name not in known:
            reason = f"`{name}` is not declared in {declared.domain}.yaml"
            raise DeclarationError(f"{path}: {reason}.", hint=suggestion(name, known), path=path, reason=reason)


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

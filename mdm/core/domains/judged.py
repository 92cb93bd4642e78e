"""What rules of quality may say about the attributes of a domain."""

from mdm.core.domains.declaration import AttributeDeclaration, DomainDeclaration
from mdm.core.quality import Rules, Subject, compile_rules
from mdm.core.standardize.places.addresses import PARTS

QUANTITY = {"value": "decimal", "unit": "code"}


def rules_of_quality(declared: DomainDeclaration) -> Rules:
    """Compile a domain's rules of quality; raises DeclarationError naming the path."""
    subjects = {name: _subject(attribute, declared.owner) for name, attribute in declared.attributes.items()}
    return compile_rules(declared.quality, subjects)


def _subject(attribute: AttributeDeclaration, owner: str) -> Subject:
    return Subject(
        type=attribute.type,
        owner=attribute.owner or owner,
        critical=attribute.critical,
        required=attribute.required,
        parts=_parts(attribute),
    )


def _parts(attribute: AttributeDeclaration) -> dict[str, str]:
    if attribute.fields is not None:
        return {name: field.type for name, field in attribute.fields.items()}
    if attribute.type == "address":
        return dict.fromkeys(PARTS, "text")
    return QUANTITY if attribute.type == "quantity" else {}

"""`/v1/domains`: what is mastered here, and what may be sent about it."""

from typing import Any

from litestar import Controller, get
from pydantic import BaseModel, ConfigDict, Field

from mdm.core.domains import AttributeDeclaration, Domain
from mdm.entrypoints.api.authentication import ANYONE, ApiRequest, allow, hub_of


class Attribute(BaseModel):
    """An attribute as it is declared."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str | None
    type: str
    owner: str
    required: bool
    critical: bool
    classification: str
    key: str | None = Field(default=None, description="The field by which elements of a keyed list are told apart.")
    fields: dict[str, str] = Field(default={}, description="The fields of an element and their types.")
    to: str | None = Field(default=None, description="The domain that a reference leads to.")


class DomainDescription(BaseModel):
    """A domain and its attributes, as its release in force declares them."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    release: int
    sources: list[str]
    key: list[str] = Field(description="Attributes that together identify a thing; none where records are matched.")
    hierarchy: list[str] = Field(description="References that lead upward; the first that leads somewhere counts.")
    groups: dict[str, list[str]] = Field(description="Attributes that survive together.")
    attributes: list[Attribute]


class Domains(Controller):
    """The domains in the scope of the key."""

    path = "/v1/domains"
    tags = ("Domains",)

    @get(sync_to_thread=False, opt=allow(*ANYONE), summary="List the domains and their attributes")
    def list_all(self, request: ApiRequest) -> list[DomainDescription]:
        """Return the domains that the key is for."""
        domains = hub_of(request).catalog.domains.values()
        return [_described(domain) for domain in domains if request.user.sees(domain.name)]


def _described(domain: Domain) -> DomainDescription:
    return DomainDescription(
        name=domain.name,
        title=domain.title,
        release=domain.release,
        sources=list(domain.sources),
        key=list(domain.key),
        hierarchy=list(domain.hierarchy),
        groups={name: list(members) for name, members in domain.groups.items()},
        attributes=[_attribute(domain, name, declared) for name, declared in domain.attributes.items()],
    )


def _attribute(domain: Domain, name: str, declared: AttributeDeclaration) -> Attribute:
    fields: dict[str, Any] = dict(declared.fields or {})
    return Attribute(
        name=name,
        title=declared.title,
        type=declared.type,
        owner=declared.owner or domain.owner,
        required=declared.required,
        critical=declared.critical,
        classification=declared.classification,
        key=declared.key,
        to=declared.to,
        fields={field: inner.type for field, inner in fields.items()},
    )

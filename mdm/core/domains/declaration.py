"""The file format of a domain: what may be declared, and how a mistake is named."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, model_validator

from mdm.core.quality import RuleDeclaration, Subject
from mdm.core.standardize.places.addresses import PARTS
from mdm.core.yaml_file import suggestion
from mdm.errors import DeclarationError

NAME = r"^[a-z][a-z0-9_]{0,62}$"
STEWARD_SOURCE = "steward"  # every domain has it: the records that stewards create
AttributeType = Literal[
    "text", "code", "identifier", "date", "decimal", "quantity", "boolean", "address", "map_by_language", "reference",
    "keyed_list",
]  # fmt: skip
Classification = Literal["public", "internal", "confidential", "personal"]

COMPOSED = {"address": dict.fromkeys(PARTS, "text"), "quantity": {"value": "decimal", "unit": "code"}}  # types of parts


class Strict(BaseModel):
    """A part of a declaration: unknown names are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldDeclaration(Strict):
    """A field of a keyed list's elements, or the part of an attribute that says how its values are read."""

    type: AttributeType
    standardizer: str | None = None  # default: what the type or the scheme names
    scheme: str | None = None  # of an identifier
    values: list[str] | None = None  # of a code; others are kept with a finding

    @model_validator(mode="after")
    def _fits_its_type(self) -> "FieldDeclaration":
        if (self.type == "identifier") != (self.scheme is not None):
            raise ValueError("`scheme` goes with `type: identifier`, and an identifier needs one")
        if self.values is not None and self.type != "code":
            raise ValueError("`values` goes with `type: code`")
        return self


class AttributeDeclaration(FieldDeclaration):
    """An attribute of a domain."""

    title: str = ""
    owner: str | None = None  # role; default: the domain's
    required: StrictBool = False
    critical: StrictBool = False
    classification: Classification = "internal"
    survivorship: dict[str, Any] | None = None  # default: the domain's
    key: str | None = None  # of a keyed list: the field that identifies an element
    fields: dict[str, FieldDeclaration] | None = None
    to: str | None = None  # of a reference: the domain it leads to

    @model_validator(mode="after")
    def _reference_has_its_domain(self) -> "AttributeDeclaration":
        if (self.type == "reference") != (self.to is not None):
            raise ValueError("`to` goes with `type: reference`, and a reference needs it")
        return self

    @model_validator(mode="after")
    def _list_has_its_key(self) -> "AttributeDeclaration":
        if (self.type == "keyed_list") != (self.fields is not None) or (self.fields is None) != (self.key is None):
            raise ValueError("`fields` and `key` go with `type: keyed_list`, which needs both")
        if self.fields is not None and self.key not in self.fields:
            raise ValueError(f"`key` is {self.key}, which is none of its fields ({', '.join(self.fields)})")
        if any(
            field.type in ("keyed_list", "address", "map_by_language", "reference")
            for field in (self.fields or {}).values()
        ):
            raise ValueError("the fields of a keyed list are simple values")
        return self

    def subject(self, owner: str) -> Subject:
        """Return what rules of quality need to know of it; `owner` is the domain's."""
        parts: dict[str, str] = {name: field.type for name, field in (self.fields or {}).items()}
        if self.type in COMPOSED:
            parts = dict(COMPOSED[self.type])
        return Subject(self.type, self.owner or owner, self.critical, self.required, parts)


class GroupDeclaration(Strict):
    """Attributes that survive together, from one source record."""

    attributes: list[str] = Field(min_length=2)
    survivorship: dict[str, Any] | None = None


Share = Annotated[float, Field(ge=0, le=1)]


class MessageHoldDeclaration(Strict):
    """When what the source sends singly is held: shares of the records it spoke of in the last minutes."""

    changed: Share = 1.0  # every message is a change: they are not held for that unless it is wanted
    deleted: Share = 0.3
    blanked: Share = 0.5  # records that lose a value
    at_least: int = Field(default=100, ge=1)
    minutes: int = Field(default=60, ge=1, le=1440)


class HoldDeclaration(Strict):
    """When a load of the source is held; shares of 1 hold nothing."""

    changed: Share = 0.5  # of the records the hub has of it
    deleted: Share = 0.1  # of the records the hub has of it
    blanked: Share = 0.25  # for each attribute: of the records in the load that have a value
    unreadable: Share = 0.2  # of the load's rows
    at_least: int = Field(default=20, ge=1)  # records, or rows: fewer hold nothing
    attributes: dict[str, Share] = {}  # changes of single attributes: of the records the hub has of it
    messages: MessageHoldDeclaration = MessageHoldDeclaration()


class SourceDeclaration(Strict):
    """A source of the domain."""

    title: str = ""
    trust: Any = 0.5  # a number, or `default` and `attributes` as survivorship reads them
    time_trusted: bool = True  # undated facts are valid from its source time, else from when they were received
    may_blank: bool = True  # an explicit null clears
    one_per_master: bool = False  # two of its records are two things: they are never merged without a steward
    hold: HoldDeclaration = HoldDeclaration()


class ApprovalDeclaration(Strict):
    """What waits for its owner besides every change of a critical attribute."""

    creation: list[str] = []  # attributes or groups whose first value on a new master waits too


class LimitsDeclaration(Strict):
    """How much a record may hold."""

    slices: int = Field(default=64, ge=1, le=1000)  # segments of one attribute's history
    text: int = Field(default=4_000, ge=1, le=100_000)  # characters
    list_length: int = Field(default=200, ge=1, le=10_000)


class ReleasesDeclaration(Strict):
    """What the next set of rules must pass, and where the hub stops carrying it through."""

    simulated: bool = True  # it is switched on only after it was tried on live data
    factor: float = Field(default=1.5, ge=1, le=100)  # so many times as much as simulated it may do,
    allowance: int = Field(default=10, ge=0)  # and so much beyond


class DueDeclaration(Strict):
    """When the hub looks again by itself."""

    spread_hours: float = Field(default=4, ge=0, le=24)  # over which masters are spread whose trust fades on one day
    review_after_days: int | None = Field(default=None, ge=1, le=36_500)  # pinned values are asked about again then


class DomainDeclaration(Strict):
    """A domain file."""

    domain: str = Field(pattern=NAME)
    title: str
    identity: Literal["matched", "keyed"] = "matched"
    key: list[str] = []  # of a keyed domain: the attributes that together identify a thing; it needs no match model
    owner: str  # role that owns what names no other
    steward: str  # role that answers match reviews
    sources: dict[str, SourceDeclaration] = Field(min_length=1)
    priority: list[str] = []  # the sources, best first; a file need not give it: there they stand in this order
    survivorship: dict[str, Any]
    downgrades: dict[str, Any] = {}  # what findings take from trust
    attributes: dict[str, AttributeDeclaration] = Field(min_length=1)
    groups: dict[str, GroupDeclaration] = {}
    quality: dict[str, RuleDeclaration] = {}  # rules that records are judged by, each under its name
    hierarchy: list[str] = []  # references that lead upward: the first that has a value names the parent
    search: list[str] = []  # attributes people search by
    site: str | None = (
        None  # the attribute that says to which site a record belongs: who has only some sees only theirs
    )
    approval: ApprovalDeclaration = ApprovalDeclaration()
    limits: LimitsDeclaration = LimitsDeclaration()
    due: DueDeclaration = DueDeclaration()
    releases: ReleasesDeclaration = ReleasesDeclaration()

    @model_validator(mode="after")
    def _keyed_has_its_key(self) -> "DomainDeclaration":
        if (self.identity == "keyed") != bool(self.key):
            raise ValueError("`key` goes with `identity: keyed`, which needs it")
        return self


def read_declaration(document: Mapping[str, Any]) -> DomainDeclaration:
    """Check a domain file's content; raises DeclarationError with `path` and `reason` of the first mistake."""
    try:
        return DomainDeclaration.model_validate(document)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
    path = ".".join(str(part) for part in problem["loc"] if part != "[key]")
    reason, hint = str(problem["msg"]).removeprefix("Value error, "), None
    if problem["type"] == "extra_forbidden":
        reason, hint = "this name is not known here", _suggestion(problem["loc"])
    elif problem["type"] == "missing":
        reason, hint = "it is missing", _meant(document, problem["loc"])
    raise DeclarationError(f"{path}: {reason}.", hint=hint, path=path, reason=reason)


def _meant(document: Mapping[str, Any], place: tuple[int | str, ...]) -> str | None:
    """Say which attribute may be meant by one without a type: a change may misspell it."""
    if len(place) != 3 or (place[0], place[2]) != ("attributes", "type"):
        return None
    close = get_close_matches(str(place[1]), document["attributes"].keys() - {place[1]}, n=1)
    return f"Did you mean the attribute `{close[0]}`?" if close else None


def _suggestion(place: tuple[int | str, ...]) -> str:
    form: type[BaseModel] = DomainDeclaration
    if len(place) > 2:
        inner = place[0] == "attributes" and len(place) > 4
        forms: dict[str, type[BaseModel]] = {
            "attributes": AttributeDeclaration,
            "groups": GroupDeclaration,
            "sources": SourceDeclaration,
            "quality": RuleDeclaration,
        }
        form = FieldDeclaration if inner else forms.get(str(place[0]), DomainDeclaration)
    else:
        rooms: dict[str, type[BaseModel]] = {
            "limits": LimitsDeclaration,
            "approval": ApprovalDeclaration,
            "due": DueDeclaration,
            "releases": ReleasesDeclaration,
        }
        form = rooms.get(str(place[0]), DomainDeclaration)
    return suggestion(str(place[-1]), form.model_fields)

"""The form of a mapping file: which files of a source hold what, and how its columns become attributes."""

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

from mdm.sources.times import pattern_problem

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Column = Annotated[str, StringConstraints(min_length=1)]
Encoding = Literal[
    "utf-8", "utf-8-sig", "utf-16", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "iso-8859-1", "iso-8859-2",
    "iso-8859-5", "iso-8859-7", "iso-8859-9", "iso-8859-15",
]  # fmt: skip
ENVELOPE = ("key", "version", "source_time", "operation", "effective_from", "replace", "master_id")
ONE_OF = ("column", "first", "join", "constant", "fields", "each", "elements")


class Strict(BaseModel):
    """A part of a mapping file: what is not declared here is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _short_form(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


class FieldDeclaration(Strict):
    """Where one value comes from (exactly one of column … elements) and how it is read.

    A plain string is short for `column`; in JSON a column is a path such as `BillingAddress.City`.
    """

    column: Column | None = None
    first: list[Column] | None = Field(None, min_length=1)
    join: list[Column] | None = Field(None, min_length=1)
    separator: str = " "
    constant: str | int | float | bool | None = None
    fields: "dict[str, FieldSource] | None" = Field(None, min_length=1)
    each: Column | None = None
    elements: "list[dict[str, FieldSource]] | None" = Field(None, min_length=1)
    map: dict[str, Any] | None = None
    otherwise: Any = None
    type: Literal["text", "integer", "decimal", "boolean", "date"] = "text"
    format: str | None = None
    optional: bool = False

    @field_validator("format")
    @classmethod
    def _known_format(cls, value: str | None) -> str | None:
        if value is not None and (problem := pattern_problem(value)):
            raise ValueError(problem)
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> "FieldDeclaration":
        named = [name for name in ONE_OF if getattr(self, name) is not None]
        if "each" in named:
            if self.fields is None:
                raise ValueError("`each` needs `fields`: what to read from every element")
            named.remove("fields")
        if len(named) != 1:
            raise ValueError(f"exactly one of {', '.join(ONE_OF)} is wanted, found {', '.join(named) or 'none'}")
        return self

    def lists(self) -> bool:
        """Tell whether a JSON list is read here or further in."""
        inner = [*(self.fields or {}).values(), *(field for part in self.elements or () for field in part.values())]
        return self.each is not None or any(field.lists() for field in inner)


FieldSource = Annotated[FieldDeclaration, BeforeValidator(_short_form)]


class FormatDeclaration(Strict):
    """How the files are written."""

    type: Literal["csv", "jsonl", "canonical"]
    delimiter: Annotated[str, StringConstraints(pattern=r"^[\x01-\x7f]$")] = ","
    encoding: Encoding = "utf-8"
    quote: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]?$")] = '"'
    decimals: Literal["point", "comma"] = "point"
    times: str = "iso"
    empty: list[str] = []
    blank: Literal["unknown", "clears"] = "unknown"
    skip_lines: int = Field(0, ge=0, le=100)

    @field_validator("times")
    @classmethod
    def _known_format(cls, value: str) -> str:
        if problem := pattern_problem(value):
            raise ValueError(problem)
        return value

    @model_validator(mode="after")
    def _json_is_utf8(self) -> "FormatDeclaration":
        if self.type != "csv" and self.encoding not in ("utf-8", "utf-8-sig"):
            raise ValueError("JSON is always UTF-8: leave out `encoding`")
        if self.delimiter in (self.quote, "\r", "\n"):
            raise ValueError("`delimiter` must differ from `quote` and from line ends")
        return self


class FeedDeclaration(Strict):
    """One kind of file of a source: what it is called, how it is written and what it says."""

    files: list[Column] = Field(min_length=1)
    format: FormatDeclaration
    domain: Name | None = None
    key: FieldSource | None = None
    version: FieldSource | None = None
    source_time: FieldSource | None = None
    operation: FieldSource | None = None
    effective_from: FieldSource | None = None
    replace: FieldSource | None = None
    master_id: FieldSource | None = None
    attributes: dict[str, FieldSource] = {}

    @model_validator(mode="after")
    def _complete(self) -> "FeedDeclaration":
        given = [name for name in FeedDeclaration.model_fields if getattr(self, name) not in (None, {})]
        if self.format.type == "canonical":
            if extra := [name for name in given if name not in ("files", "format", "domain")]:
                raise ValueError(f"a canonical feed names everything in its rows: leave out {', '.join(extra)}")
        elif missing := [name for name in ("domain", "key", "attributes") if name not in given]:
            raise ValueError(f"`{missing[0]}` is missing")
        for name in ENVELOPE:
            field: FieldDeclaration | None = getattr(self, name)
            if field is not None and (field.fields or field.elements):
                raise ValueError(f"`{name}` is a single value: name a column, or join several")
        for name, field in self.attributes.items():
            if self.format.type == "csv" and field.lists():
                raise ValueError(f"`attributes.{name}`: `each` reads a list of JSON; in CSV use `elements`")
        return self


class MappingDeclaration(Strict):
    """A mapping file: one source and its feeds."""

    source: Name
    title: str = ""
    timezone: str = "UTC"
    feeds: dict[Name, FeedDeclaration] = Field(min_length=1)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ValueError, OSError, KeyError):
            raise ValueError(f"{value} is not a time zone of the IANA data base, such as Europe/Berlin") from None
        return value

"""How a rule of quality is declared: which attributes it is about, of which kind it is, and what follows."""

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

Dimension: TypeAlias = Literal["completeness", "validity", "consistency", "uniqueness", "accuracy", "timeliness"]
Severity: TypeAlias = Literal["info", "warning", "error", "critical"]
Effect: TypeAlias = Literal["note", "downgrade", "hold"]
LONGEST = 500  # characters of a pattern or expression

KINDS = {
    "required": "completeness",
    "format": "validity",
    "pattern": "validity",
    "range": "validity",
    "values": "validity",
    "reference": "consistency",
    "unique": "uniqueness",
    "check": "consistency",
}  # with the dimension that is meant unless a rule says another


class RangeDeclaration(BaseModel):
    """The least and the greatest value: numbers, or days such as 2020-01-01, today, today-30d, today+365d."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_least: str | int | float | None = None
    at_most: str | int | float | None = None

    @model_validator(mode="after")
    def _has_a_bound(self) -> "RangeDeclaration":
        if self.at_least is None and self.at_most is None:
            raise ValueError("it needs `at_least`, `at_most` or both")
        return self


class RuleDeclaration(BaseModel):
    """A rule of exactly one kind about attributes, or parts of them such as `bank_accounts.iban`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    attributes: list[str] = Field(min_length=1)
    required: Literal["each", "one"] | None = None
    format: str | None = None  # the name of a format
    pattern: str | None = Field(default=None, max_length=LONGEST)  # a regular expression for the whole text
    range: RangeDeclaration | None = None
    values: list[str] | None = None  # the allowed codes
    reference: Literal["live"] | None = None
    unique: Literal["source", "master"] | None = None
    check: str | None = Field(default=None, max_length=LONGEST)  # a CEL expression that must be true
    when: str | None = Field(default=None, max_length=LONGEST)  # a CEL expression: judged only where it is true
    title: str = ""
    dimension: Dimension | None = None
    severity: Severity = "error"
    owner: str | None = None
    effect: Effect = "downgrade"

    @model_validator(mode="before")
    @classmethod
    def _is_of_one_kind(cls, given: Any) -> Any:
        if isinstance(given, dict) and sum(given.get(kind) is not None for kind in KINDS) != 1:
            raise ValueError(f"it needs exactly one of {', '.join(KINDS)}")
        return given

    @property
    def kind(self) -> str:
        """The one kind of the rule."""
        return next(kind for kind in KINDS if getattr(self, kind) is not None)

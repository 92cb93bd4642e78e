"""What requests and answers about people have in common."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from mdm.core.security import Grant

BREAKS_AND_JOINERS = str.maketrans({"\n": " ", "\u200c": None, "\u200d": None})  # words and emoji are joined by these


def _line(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


def _prose(text: str) -> str:
    shown = text.translate(BREAKS_AND_JOINERS)
    if not shown.strip():
        raise ValueError("must not be blank")
    if not shown.isprintable():
        raise ValueError("must be text without control characters")
    return text


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie in the years 1 to 9999, in UTC") from None


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_line)]
Reason = Annotated[str, Field(min_length=1, max_length=2_000, description="Why, for the log."), AfterValidator(_prose)]
Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
Names = Annotated[list[Line], Field(min_length=1, max_length=100)]


class Body(BaseModel):
    """A part of a request or an answer."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Reasoned(Body):
    """A change that needs nothing but its reason."""

    reason: Reason


class NewGrant(Reasoned):
    """A role to be given."""

    role: Line
    domains: Names = Field(default=["*"], description="The domains it counts for; `*`: all.")
    sites: Names = Field(default=["*"], description="The sites it counts for in domains that have sites; `*`: all.")


class Granted(Body):
    """A role that was given."""

    id: UUID
    role: str
    domains: list[str]
    sites: list[str]
    granted_by: str
    granted_at: datetime


class Held(Body):
    """A role that is held now, by whatever way; those of declared owners and stewards imply others."""

    role: str
    domains: list[str]
    sites: list[str]
    delegated_by: str | None = Field(description="Who lent it; null: it is held by oneself.")


def held(grant: Grant) -> Held:
    """Return a grant as an answer shows it."""
    return Held(
        role=grant.role,
        domains=sorted(grant.domains),
        sites=sorted(grant.sites),
        delegated_by=grant.delegated_by,
    )

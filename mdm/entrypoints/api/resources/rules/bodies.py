"""What requests and answers about releases of rules look like."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, model_validator

from mdm.entrypoints.api.resources.access.bodies import Body, Instant, Line, Reason

State: TypeAlias = Literal["draft", "active", "superseded", "rejected", "withdrawn"]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="Of the draft as it was looked at.")]
PHONE = {"declaration": {"attributes": {"phone": {"survivorship": {"rule": "most_trusted"}}}}}


class Proposed(Body):
    """Rules to be kept as a draft: whole, or as a change of those in force."""

    document: dict[str, Any] | None = Field(
        default=None, description="The whole: `declaration` as in a domain file, and `match` as in its match file."
    )
    patch: dict[str, Any] | None = Field(
        default=None,
        description="A JSON merge patch (RFC 7396) of such a document: null removes a name, a list replaces another.",
        examples=[PHONE],
    )
    reason: Reason
    replaces: Number | None = Field(default=None, description="An own draft that this one takes the place of.")

    @model_validator(mode="after")
    def _says_one_thing(self) -> "Proposed":
        if (self.document is None) == (self.patch is None):
            raise ValueError("`document` or `patch` is needed, one of them")
        return self


class Imported(Body):
    """A release of another installation, as a file that was exported there."""

    file: dict[str, Any] = Field(description="As exported; who approved it there is shown, and does not count here.")
    reason: Reason
    replaces: Number | None = Field(default=None, description="An own draft that this one takes the place of.")


class DraftApproval(Body):
    """An approval of exactly what was looked at."""

    digest: Digest
    note: Reason | None = None


class SwitchOn(Body):
    """When a draft is to be switched on."""

    at: Instant | None = Field(default=None, description="The instant; default: now.")


class RollBack(Body):
    """Why a release is rolled back, and to which."""

    reason: Reason
    to: Number | None = Field(default=None, description="An earlier release; default: the one it followed.")


class ContractChange(Body):
    """What subscribers notice."""

    path: str
    change: str
    breaking: bool = Field(description="Whether they may stumble over it: such rules are not switched on.")


class Proposal(Body):
    """How proposed rules stand."""

    domain: str
    state: Literal["active", "draft", "known draft"] = Field(
        description="active: they are in force already; known draft: there was one like it."
    )
    number: int
    hash: str
    contract: list[ContractChange] = Field(description="What subscribers would notice.")


class ReleaseLine(Body):
    """A release or draft in a list."""

    domain: str
    number: int
    state: State
    hash: str
    reason: str | None
    proposed_by: str
    proposed_at: datetime
    follows: int | None = Field(description="The release it took the place of.")
    rolls_back: int | None = Field(description="The release it takes back.")
    scheduled_at: datetime | None = Field(description="When it will be switched on.")
    switched_on_at: datetime | None
    switched_on_by: str | None
    ended_at: datetime | None
    ended_by: str | None
    note: str | None = Field(description="Why it ended, or could not be switched on at its instant.")


class AskedOwner(Body):
    """An owner of what a draft changes."""

    owner: Line = Field(description="The role.")
    concerns: list[str] = Field(description="Of the change: attributes, coupled groups, and the domain for the rest.")
    approved: bool


class GivenApproval(Body):
    """What one person approved in one role."""

    owner: str
    decided_by: str
    decided_at: datetime
    note: str | None
    counts: bool = Field(description="False: other rules are in force since; it has to be given again.")


class Release(ReleaseLine):
    """A release or draft with its rules, and who must approve it."""

    authors: list[str] = Field(description="Who is behind it: none of them may approve it.")
    origin: dict[str, Any] | None = Field(description="The installation it came from, and who approved it there.")
    digest: str | None = Field(description="Of a draft: names what is asked now; an approval quotes it.")
    asked: list[AskedOwner]
    approvals: list[GivenApproval]
    approved: bool
    awaits_another: bool = Field(description="Whether one more person must approve it, since one alone has so far.")
    may_approve: bool = Field(description="Whether the caller may.")
    document: dict[str, Any]


class Difference(Body):
    """One thing that two releases say differently."""

    title: str = Field(description="The part of the rules.")
    path: str = Field(description="Where it stands in the document.")
    text: str = Field(examples=["phone: most recent → most trusted"])


class Differences(Body):
    """How a release differs from another, complete and in words."""

    domain: str
    number: int
    against: int
    differences: list[Difference]
    contract: list[ContractChange]


class Measures(Body):
    """What a release does."""

    masters: int = Field(description="Masters rebuilt for it.")
    changed: int = Field(description="Masters changed.")
    critical: int = Field(description="Masters changed in critical attributes.")
    merged: int
    split: int
    held: int = Field(description="Values held back for their owners.")


class Rollout(Body):
    """How far the release in force has been carried through, and whether it does what was simulated."""

    domain: str
    number: int
    state: Literal["running", "halted", "done"]
    switched_on_at: datetime | None
    records_waiting: int = Field(description="Records still to be done again for it.")
    real: Measures
    expected: Measures | None = Field(description="What its simulation foretold of all; null: there was none.")
    factor: float = Field(description="It is stopped if it does so many times as much as expected of the part done,")
    allowance: int = Field(description="and so much beyond.")
    limited: bool = Field(description="Whether it is stopped then.")
    halted_at: datetime | None
    halted_why: str | None

"""What a verdict says, as the actor may see it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Trusted:
    """How far a claim was believed: as its source is rated, after so many days, and after what its findings take."""

    rated: float
    age_days: int
    faded: float
    counted: float


@dataclass(frozen=True, slots=True)
class Voice:
    """What a source record says; `reason` is why it does not win, None if it does or says the same.

    `severities` say how grave findings are, of those for which that is declared. `trust` is there where trust decides.
    `would_win` says what would have to change, as little as possible, for it to win; None: no single change does.
    """

    record: str
    value: Any
    asserted_at: datetime
    valid_from: datetime | None
    valid_to: datetime | None
    findings: list[str]
    severities: dict[str, str] = field(default_factory=dict)
    trust: Trusted | None = None
    reason: str | None = None
    would_win: str | None = None


@dataclass(frozen=True, slots=True)
class Pinned:
    """Who set a value against all sources, why and until when: a day, or what a source says."""

    by: str
    at: datetime
    reason: str
    valid_from: datetime | None
    valid_to: datetime | None
    expires_at: datetime | None
    until_agreed_by: list[str] | None
    review_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A value that would win but for an owner who has not decided (`pending`) or has said no (`rejected`).

    Without a change request nobody has been asked: it would wait if the rules were in force.
    """

    value: Any
    state: str
    request_id: UUID | None


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Why an attribute, or a coupled group as a whole, has its value.

    `leader` is the record that won what it follows, `silent` are records that say nothing about it; at `due_at` it
    could change by itself, in this time or another.
    """

    unit: str
    attributes: list[str]
    value: Any
    rule: str
    winner: Voice | None
    supporters: list[Voice]
    losers: list[Voice]
    pinned: Pinned | None
    held: Kept | None
    leader: str | None
    silent: list[str]
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Differing:
    """An attribute with two values: the one that is stored or survives now, and the one that comes out here."""

    attribute: str
    value: Any
    other: Any


@dataclass(frozen=True, slots=True)
class Under:
    """The verdicts as they would be under another release, and what that changes; nothing is merged or split."""

    release: int
    state: str
    masked: list[str]
    changes: list[Differing]
    verdicts: list[Reasoned]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdicts on a golden record at one valid and one recorded time; `masked` names attributes not shown.

    They rest on what was known and ruled then. If that does not give the stored values any more it is not `reproduced`,
    and `differs` names them beside what comes out.
    """

    domain: str
    master_id: UUID
    version: int
    valid_at: datetime
    known_at: datetime | None
    evaluated_at: datetime
    release: int
    reproduced: bool
    differs: list[Differing]
    masked: list[str]
    verdicts: list[Reasoned]
    under: Under | None

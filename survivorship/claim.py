"""What sources assert, what stewards pin and what waits at its approved value."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

JSON: TypeAlias = Any  # None, bool, int, float, str, or lists and dicts of these


class Kind(StrEnum):
    """How a source speaks about an attribute; one that says nothing has no claim."""

    SUPPLIED = "supplied"
    EMPTY = "empty"  # the source says that there is no value
    DELETED = "deleted"  # the source has deleted the record: it says nothing any more
    MASKED = "masked"  # the source has a value that it does not show
    WITHHELD = "withheld"  # the source has a value that may not win until someone has decided on it


@dataclass(slots=True)
class Claim:
    """One source's assertion about one attribute, valid in [valid_from, valid_to), None being open.

    Built by the million, so nothing is checked here and it is not frozen; treat it as immutable all the same. The
    claims of one record about one attribute never overlap in valid time: `rebuild` raises `InvalidClaims` if they do.
    """

    source: str
    record: str  # stable id, e.g. "erp/1001"
    attribute: str
    value: JSON  # published form; None is empty, whatever the kind
    std: JSON  # comparison form: equal std is the same value; None leaves the comparison to the value
    asserted_at: datetime
    kind: Kind = Kind.SUPPLIED
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    order: int | tuple[int | str, ...] = 0  # the source's own order of facts: carried for the caller, never ranked
    findings: tuple[str, ...] = ()
    echo: bool = False  # the source was last sent this very value


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A steward's pinned value of an attribute or of a whole coupled group (member → value); None pins "no value".

    With `agreement` it gives way as soon as one of these sources (empty: any) says the same of its own accord.
    """

    id: str
    attribute: str
    value: JSON
    std: JSON = None
    made_at: datetime  # of several on one attribute the latest rules
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    reason: str = ""
    expires_at: datetime | None = None
    agreement: tuple[str, ...] | None = None  # None: it stays whatever the sources say


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A value that must not win yet, and the approved one that stands in its place.

    `std` is `Verdict.std` of the held value (None holds its disappearance). `record` is the provenance stored with
    the approved value. With `approved` None nothing was approved before and the attribute stays out.
    """

    attribute: str
    std: JSON
    approved: JSON = None
    record: str | list[str] | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def is_empty(claim: Claim) -> bool:
    """Tell whether the claim brings no value, for whatever reason."""
    return claim.value is None or claim.kind is not Kind.SUPPLIED


def is_unspoken(claim: Claim) -> bool:
    """Tell whether a record says nothing, not even that there is no value."""
    kind = claim.kind
    return kind is Kind.MASKED or kind is Kind.WITHHELD or kind is Kind.DELETED


def identity(claim: Claim | Override) -> JSON:
    """Return what makes two claims assert the same value: std, or the value where no std can be compared."""
    return claim.value if claim.std is None else claim.std


def freeze(content: JSON) -> Hashable:
    """Return a hashable stand-in of JSON content: equal content, equal stand-in."""
    if isinstance(content, dict):
        try:
            return frozenset(content.items())
        except TypeError:  # something nested
            return frozenset((key, freeze(inner)) for key, inner in content.items())
    if isinstance(content, list):
        return tuple(map(freeze, content))
    return content  # type: ignore[no-any-return]

"""Dead letters as the actor may see them: listed, in groups of one cause, and one with its message."""

from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, Self, get_args
from uuid import UUID

import orjson

from mdm.core.domains import Domain
from mdm.core.security import Permission
from mdm.errors import NotFound
from mdm.hub.golden.sight import sight_of
from mdm.store.publishing import dead_letters
from mdm.store.rows import Row
from mdm.store.work import Work

State = Literal["open", "replaying", "replayed", "discarded", "superseded"]
Severity = Literal["critical", "major", "minor"]
STATES: tuple[str, ...] = get_args(State)
SEVERITIES: tuple[str, ...] = get_args(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which dead letters: those that meet everything given."""

    state: str | None = None
    severity: str | None = None
    subscriber: str | None = None
    domain: str | None = None
    master_id: UUID | None = None
    kind: str | None = None
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message a subscriber gave up; `newest` is the version of its master that the stream has by now."""

    id: int
    state: str
    severity: str
    kind: str
    subscriber: str | None
    reason: str
    at: datetime
    deliveries: int | None
    stream: str | None
    stream_sequence: int | None
    found_in: str | None
    subject: str | None
    domain: str | None
    master_id: UUID | None
    event_id: UUID | None
    event_type: str | None
    version: int | None
    newest: int | None
    fingerprint: str
    replay_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None
    note: str | None

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return what is shown of a row."""
        return cls(**{name: getattr(row, name) for name in Letter.__slots__})


@dataclass(frozen=True, slots=True)
class LetterInFull:
    """A dead letter with the headers of its message, the body as the actor may see it, and the server's word."""

    letter: Letter
    headers: dict[str, str]
    body: dict[str, Any] | None
    masked: bool
    advisory: str


@dataclass(frozen=True, slots=True)
class Group:
    """Dead letters of one cause."""

    fingerprint: str
    subscriber: str | None
    domain: str | None
    kind: str
    reason: str
    letters: int
    masters: int
    critical: int
    major: int
    minor: int
    first_at: datetime
    last_at: datetime
    newest_id: int


def page(work: Work, wanted: Filter, *, before: int | None = None, limit: int = 100) -> list[Letter]:
    """Return dead letters of the domains in which the actor operates, newest first, below the id `before`."""
    work.actor.require(Permission.OPERATE, domain=wanted.domain)
    scope = work.actor.scope(Permission.OPERATE)
    found = dead_letters.page(work.session, scope=scope, before=before, limit=limit, **asdict(wanted))
    return [Letter.of(row) for row in found]


def groups(work: Work, wanted: Filter, *, before: int | None = None, limit: int = 100) -> list[Group]:
    """Return groups of one cause, the one with the newest letter first, below the `newest_id` `before`."""
    work.actor.require(Permission.OPERATE, domain=wanted.domain)
    scope = work.actor.scope(Permission.OPERATE)
    found = dead_letters.groups(work.session, scope=scope, before=before, limit=limit, **asdict(wanted))
    return [Group(**{name: getattr(row, name) for name in Group.__slots__}) for row in found]


def show(work: Work, letter_id: int) -> LetterInFull:
    """Return one dead letter with its message; values the actor may not see are left out of the body."""
    row = find(work, letter_id)
    kept = dead_letters.message(work.session, letter_id)
    whole = _document(kept.data)
    domain = work.catalog.domains.get(row.domain) if row.domain is not None else None
    body = _shown(work, domain, whole) if domain is not None and whole is not None else None
    return LetterInFull(
        letter=Letter.of(row),
        headers=kept.headers or {},
        body=body,
        masked=kept.data is not None and body != whole,
        advisory=bytes(kept.advisory).decode(errors="replace"),
    )


def find(work: Work, letter_id: int) -> Row:
    """Return a dead letter of a domain in which the actor operates; raises NotFound."""
    work.actor.require(Permission.OPERATE)
    row = dead_letters.get(work.session, letter_id)
    scope = work.actor.scope(Permission.OPERATE)
    if row is None or not (scope is None or row.domain in scope):
        raise NotFound(f"There is no dead letter {letter_id}.")
    return row


def _document(data: bytes | None) -> dict[str, Any] | None:
    try:
        found = orjson.loads(bytes(data)) if data is not None else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _shown(work: Work, domain: Domain, whole: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the body of a golden event as the actor may see it, None if its master is out of sight."""
    slices = [one for one in whole.get("slices") or () if isinstance(one, dict)]
    sight = sight_of(work.actor, domain)
    timeline = [one.get("attributes") or {} for one in slices]
    if not (work.actor.may(Permission.READ, domain=domain.name) and sight.reaches(timeline)):
        return None
    shown = [sight.shown(attributes) for attributes in timeline]
    seen = domain.open.union(*(visible.keys() for visible in shown))
    pairs = zip(slices, shown, strict=True)
    parts = {
        "slices": [
            {**one, "attributes": kept, "provenance": _only(one.get("provenance"), kept)} for one, kept in pairs
        ],
        "changes": _only(whole.get("changes"), seen),
    }
    return {name: parts.get(name, part) for name, part in whole.items()}


def _only(part: Any, names: Container[str]) -> Any:
    return {name: value for name, value in part.items() if name in names} if isinstance(part, dict) else part

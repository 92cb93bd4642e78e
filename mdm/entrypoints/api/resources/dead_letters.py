"""`/v1/dead-letters`: messages that subscribers gave up, and what people decide about them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeAlias
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK
from pydantic import Field, model_validator

from mdm.core.security import Permission
from mdm.entrypoints.api import paging
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.paging import Cursor, Limit, Page, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Body, Reasoned
from mdm.errors import NotFound
from mdm.hub import Work
from mdm.hub.publishing import dead_letters
from mdm.hub.publishing.dead_letters import Chosen, Filter

MOST_NAMED = 200
StateOrAll = Literal["open", "replaying", "replayed", "discarded", "superseded", "all"]
Severity = Literal["critical", "major", "minor"]
Kind = Literal["max_deliveries", "terminated", "unreadable"]
Serial = Annotated[int, Field(ge=1, le=paging.LARGEST_SERIAL)]

Standing: TypeAlias = Annotated[
    StateOrAll, QueryParameter(name="state", description="superseded: a newer version has come since.")
]
Subscriber: TypeAlias = Annotated[str | None, QueryParameter(max_length=200, description="Its durable consumer.")]
GroupName: TypeAlias = Annotated[str | None, QueryParameter(max_length=64, description="The fingerprint of a group.")]


class DeadLetter(Body):
    """A message that a subscriber gave up."""

    id: int
    state: str = Field(description="open, replaying, replayed, discarded, or superseded by a newer version.")
    severity: str = Field(
        description="critical: the subscriber stays wrong; minor: a newer version replaces it; major: nobody can tell."
    )
    kind: str
    subscriber: str | None
    reason: str
    at: datetime
    deliveries: int | None
    stream: str | None
    stream_sequence: int | None
    found_in: str | None = Field(description="Where its message was: stream, outbox, head; null: it has gone.")
    subject: str | None
    domain: str | None
    master_id: UUID | None
    event_id: UUID | None
    event_type: str | None
    version: int | None
    newest: int | None = Field(description="The version of the master that the stream has by now.")
    group: str = Field(validation_alias="fingerprint", description="The same for letters of one cause.")
    replay_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


class DeadLetterInFull(Body):
    """A dead letter with its message."""

    letter: DeadLetter
    headers: dict[str, str]
    body: dict[str, Any] | None = Field(description="Of a golden event, without what the key may not see.")
    masked: bool = Field(description="Whether something of the body is left out.")
    advisory: str = Field(description="What the server said, as it was received.")


class DeadLetterGroup(Body):
    """Dead letters of one cause."""

    group: str = Field(validation_alias="fingerprint")
    subscriber: str | None
    domain: str | None
    kind: str
    reason: str = Field(description="That of the newest one.")
    letters: int
    masters: int
    critical: int
    major: int
    minor: int
    first_at: datetime
    last_at: datetime


class ManyDeadLetters(Reasoned):
    """Dead letters by id, or the open ones of a group."""

    ids: list[Serial] = Field(default=[], max_length=MOST_NAMED)
    group: Annotated[str | None, Field(min_length=1, max_length=64)] = None

    @model_validator(mode="after")
    def _names_either(self) -> Self:
        if bool(self.ids) == bool(self.group):
            raise ValueError("name `ids` or a `group`")
        return self

    def chosen(self) -> Chosen:
        """Return what is chosen."""
        return Chosen(ids=tuple(self.ids), group=self.group)


class Decided(Body):
    """How many dead letters were decided about, and the replays that came of it."""

    letters: int
    replays: list[UUID]


class DeadLetters(Controller):
    """Dead letters, newest first."""

    path = "/v1/dead-letters"
    tags = ("Dead letters",)
    opt = allow(Permission.OPERATE)

    @get(sync_to_thread=True, summary="List messages that subscribers gave up")
    def list_all(
        self,
        request: ApiRequest,
        standing: Standing = "open",
        severity: FromQuery[Severity | None] = None,
        subscriber: Subscriber = None,
        domain: FromQuery[str | None] = None,
        master: FromQuery[UUID | None] = None,
        kind: FromQuery[Kind | None] = None,
        group: GroupName = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[DeadLetter]:
        """Return dead letters of the domains that the key is for, newest first."""
        before = begins_at(cursor, paging.number(paging.LARGEST_SERIAL))
        wanted = Filter(
            state=_state(standing), severity=severity, subscriber=subscriber, domain=domain, master_id=master,
            kind=kind, fingerprint=group,
        )  # fmt: skip
        with begin_of(request)() as work:
            found = dead_letters.page(work, wanted, before=before, limit=limit + 1)
        return Page[DeadLetter](
            items=[DeadLetter.model_validate(letter) for letter in found[:limit]],
            next=next_link(request, found, limit, lambda letter: letter.id),
        )

    @get("/groups", sync_to_thread=True, summary="List the causes")
    def list_groups(
        self,
        request: ApiRequest,
        standing: Standing = "open",
        severity: FromQuery[Severity | None] = None,
        subscriber: Subscriber = None,
        domain: FromQuery[str | None] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page[DeadLetterGroup]:
        """Return groups of dead letters of one cause, the one with the newest letter first."""
        before = begins_at(cursor, paging.number(paging.LARGEST_SERIAL))
        wanted = Filter(state=_state(standing), severity=severity, subscriber=subscriber, domain=domain)
        with begin_of(request)() as work:
            found = dead_letters.groups(work, wanted, before=before, limit=limit + 1)
        return Page[DeadLetterGroup](
            items=[DeadLetterGroup.model_validate(group) for group in found[:limit]],
            next=next_link(request, found, limit, lambda group: group.newest_id),
        )

    @get("/{letter_id:int}", sync_to_thread=True, summary="Show a dead letter with its message")
    def read(self, request: ApiRequest, letter_id: FromPath[int]) -> DeadLetterInFull:
        """Return one dead letter: the headers, what the key may see of the body, and what the server said."""
        with begin_of(request)() as work:
            return DeadLetterInFull.model_validate(dead_letters.show(work, _serial(letter_id)))

    @post("/{letter_id:int}/replay", sync_to_thread=True, status_code=HTTP_200_OK, summary="Have one sent again")
    def replay(self, request: ApiRequest, letter_id: FromPath[int], data: JSONBody[Reasoned]) -> Decided:
        """Ask for a replay of the master's newest event to this subscriber; the letter follows the replay."""
        with begin_of(request)() as work:
            chosen = Chosen(ids=(_serial(letter_id),))
            return Decided.model_validate(_replayed(request, work, chosen, data.reason))

    @post("/{letter_id:int}/discard", sync_to_thread=True, status_code=HTTP_200_OK, summary="Let one be")
    def discard(self, request: ApiRequest, letter_id: FromPath[int], data: JSONBody[Reasoned]) -> Decided:
        """End a dead letter without doing anything."""
        with begin_of(request)() as work:
            chosen = Chosen(ids=(_serial(letter_id),))
            return Decided.model_validate(dead_letters.discard(work, chosen, reason=data.reason))

    @post("/replay", sync_to_thread=True, status_code=HTTP_200_OK, summary="Have many sent again")
    def replay_many(self, request: ApiRequest, data: JSONBody[ManyDeadLetters]) -> Decided:
        """Ask for replays of the newest events of all masters concerned, one per subscriber and domain; all or none."""
        with begin_of(request)() as work:
            return Decided.model_validate(_replayed(request, work, data.chosen(), data.reason))

    @post("/discard", sync_to_thread=True, status_code=HTTP_200_OK, summary="Let many be")
    def discard_many(self, request: ApiRequest, data: JSONBody[ManyDeadLetters]) -> Decided:
        """End dead letters without doing anything; all or none."""
        with begin_of(request)() as work:
            return Decided.model_validate(dead_letters.discard(work, data.chosen(), reason=data.reason))


def _replayed(request: ApiRequest, work: Work, chosen: Chosen, reason: str) -> dead_letters.Decided:
    above = request.app.state.settings.replay_approval_above
    return dead_letters.replay(work, chosen, reason=reason, approval_above=above)


def _state(standing: StateOrAll) -> str | None:
    return None if standing == "all" else standing


def _serial(letter_id: int) -> int:
    if not 0 < letter_id <= paging.LARGEST_SERIAL:
        raise NotFound(f"There is no dead letter {letter_id}.")
    return letter_id

"""`/v1/{domain}/{id}/published`: the events of a golden record, and which subscribers have them."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, get
from litestar.concurrency import sync_to_thread
from litestar.params import FromPath
from pydantic import Field

from mdm.core.security import Permission
from mdm.entrypoints.api import paging
from mdm.entrypoints.api.authentication import ApiRequest, allow, begin_of
from mdm.entrypoints.api.broker import Broker
from mdm.entrypoints.api.paging import Cursor, Limit, begins_at, next_link
from mdm.entrypoints.api.resources.access.bodies import Body
from mdm.errors import Unavailable
from mdm.hub.publishing import published
from mdm.hub.publishing.published import Published, Readers


class PublishedEvent(Body):
    """An event of a golden record."""

    version: int
    event_id: UUID
    event_type: str
    recorded_at: datetime
    state: str = Field(description="published; outbox: it waits there; unknown: it is nowhere to be found any more.")
    published_at: datetime | None
    stream_sequence: int | None
    attempts: int
    last_error: str | None = Field(description="Why the last attempt to publish it failed.")


class GivenUp(Body):
    """The dead letter of the newest event."""

    id: int
    version: int
    state: str
    reason: str | None = Field(description="What the subscriber said; null: only operators read it.")


class ReceiptShown(Body):
    """What a subscriber has of a golden record."""

    subscriber: str = Field(description="Its durable consumer.")
    state: str = Field(
        description="Of the newest published event. acknowledged; unsettled: delivered, not yet acknowledged as far as "
        "is known; waiting: not yet delivered; given_up; unknown; nothing_published."
    )
    version: int | None = Field(description="The newest version it has surely settled; null: not known.")
    delivered: int = Field(description="Up to which sequence of the stream messages were delivered to it.")
    settled: int = Field(description="Up to which sequence of the stream it has settled all that was for it.")
    given_up: GivenUp | None


class PublishedAnswer(Body):
    """Events of a golden record, newest first, and what its subscribers have."""

    domain: str
    id: UUID = Field(validation_alias="master_id")
    subject: str
    events: list[PublishedEvent]
    receipts: list[ReceiptShown] | None = Field(description="By subscriber; null: NATS could not be asked.")
    unknown: str | None = Field(default=None, description="Why nothing is known of subscribers.")
    next: str | None = Field(default=None, description="Relative link to the next page of events.")


class PublishedEvents(Controller):
    """What became of the events of a golden record."""

    path = "/v1/{domain:str}/{master_id:uuid}/published"
    tags = ("Events",)
    opt = allow(Permission.READ)

    @get(summary="Show what was published to whom")
    async def read(
        self,
        request: ApiRequest,
        domain: FromPath[str],
        master_id: FromPath[UUID],
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> PublishedAnswer:
        """Return the events, newest first, and how far subscribers are, by what NATS says of their consumers now.

        Readers of a copy in a plant, and of files or replays, are not known to it. An id that was merged keeps its own
        events.
        """
        before = begins_at(cursor, paging.number(paging.LARGEST_NUMBER))
        readers, why = await _asked(request.app.state.broker)

        def show() -> Published:
            with begin_of(request)() as work:
                return published.show(work, domain, master_id, readers=readers, before=before, limit=limit + 1)

        answer = PublishedAnswer.model_validate(await sync_to_thread(show))
        following = next_link(request, answer.events, limit, lambda event: event.version)
        return answer.model_copy(update={"events": answer.events[:limit], "unknown": why, "next": following})


async def _asked(broker: Broker) -> tuple[Readers | None, str | None]:
    """Return how far readers are, or why that is not known."""
    try:
        return await broker.readers(), None
    except Unavailable as error:
        return None, error.message

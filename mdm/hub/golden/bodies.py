"""The bodies large events refer to, for who may see all that is in them."""

from uuid import UUID

import orjson

from mdm.core.security import Permission
from mdm.errors import BodyGone, UnknownBody
from mdm.hub.announce import SUBJECT
from mdm.hub.golden.sight import sight_of
from mdm.store.work import Work
from publishers import body
from publishers.body import Body


def read(work: Work, event_id: UUID) -> Body:
    """Return the body of an event byte for byte; raises BodyGone if only newer ones are kept."""
    work.actor.require(Permission.READ)
    found = body.read(work.connection, event_id)
    if found is None:
        raise _unknown(event_id)
    domain = work.catalog.domain(found.subject.removeprefix(f"{SUBJECT}.").partition(".")[0])
    work.actor.require(Permission.READ, domain=domain.name)
    if found.data is None:
        hint = "A newer event of the same subject is in the stream and says all of it: take that one."
        raise BodyGone(f"The body of version {found.version} of {found.subject} is no longer kept.", hint=hint)
    slices = (one["attributes"] for one in orjson.loads(found.data)["slices"])
    if domain.site is not None and not sight_of(work.actor, domain).reaches(slices):
        raise _unknown(event_id)
    return found


def _unknown(event_id: UUID) -> UnknownBody:
    hint = "Only events with the header ce-dataref have one: all others carry everything themselves."
    return UnknownBody(f"No event {event_id} refers to a body.", hint=hint)

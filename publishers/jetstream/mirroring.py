"""Copies of a stream in another JetStream domain, which are made anew when the stream itself was."""

from dataclasses import dataclass

import nats.errors
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from publishers.errors import NotReady
from publishers.jetstream.broker import JetStreamBroker

ORIGIN = "publishers-origin"  # metadata of a copy: which stream it is of, and when that was created


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorPlan:
    """A copy of a stream: what of it is wanted, and as many messages of every subject."""

    stream: str
    subjects: tuple[str, ...]
    max_messages_per_subject: int = 64

    def config(self, origin: api.StreamInfo, domain: str) -> api.StreamConfig:
        """Return the plan in the server's words; `origin` is the stream and `domain` where it is."""
        return api.StreamConfig(
            name=self.stream,
            mirror=api.StreamSource(
                name=self.stream,
                external=api.ExternalStream(api=f"$JS.{domain}.API"),
                subject_transforms=[api.SubjectTransform(subject, "") for subject in self.subjects],
            ),
            max_msgs_per_subject=self.max_messages_per_subject,
            storage=api.StorageType.FILE,
            discard=api.DiscardPolicy.NEW,
            allow_direct=True,
            metadata={ORIGIN: f"{domain} {origin.created} {' '.join(self.subjects)}"},
        )


async def mirror(broker: JetStreamBroker, plan: MirrorPlan, *, origin: JetStreamBroker) -> bool:
    """Make the copy that `broker` speaks of, and tell whether it had to be made.

    A copy goes on behind the last message it has. When the stream was created anew, or has fewer messages than its
    copy, that would leave out what is new; so the copy is deleted and begins again. Raises NotReady when the server
    does not allow it, Unavailable or UnknownOutcome when the way to it is cut.
    """
    context = await broker.context()
    try:
        existing = await _existing(context, plan.stream)
        source = await origin.info()
        wanted = plan.config(source, await _domain(await origin.context()))
        if existing is not None:
            if _of(existing) == wanted.metadata and existing.state.last_seq <= source.state.last_seq:
                return False
            await context.delete_stream(plan.stream)
        await context.add_stream(wanted)
    except (nats.errors.Error, TimeoutError, OSError) as error:
        raise NotReady(
            f"The copy of stream {plan.stream} in {broker.domain} cannot be made: {error}.",
            hint="Is the leaf node connected, and does it run JetStream under this domain?",
        ) from error
    return True


async def _existing(context: JetStreamContext, name: str) -> api.StreamInfo | None:
    try:
        return await context.stream_info(name)
    except NotFoundError:
        return None


def _of(existing: api.StreamInfo) -> dict[str, str]:
    return {name: value for name, value in (existing.config.metadata or {}).items() if name == ORIGIN}


async def _domain(context: JetStreamContext) -> str:
    domain = (await context.account_info()).domain
    if domain is None:
        raise NotReady("NATS has no JetStream domain.", hint="Set `jetstream { domain: hub }`: leaf nodes need it.")
    return domain
